// @ts-check
// How often this page restarts ICE: less than the server allows a session, which answers 429 otherwise.

const BURST = 5; // the server does 6
const REFILL_MS = 10_000;

export class RestartPace {
  #left = BURST;
  #since_ms;

  /** @param {number} now_ms of any clock that never goes back */
  constructor(now_ms) {
    this.#since_ms = now_ms;
  }

  /** Take one restart; returns 0, or where none is left the time until there is one. @param {number} now_ms */
  take(now_ms) {
    const filled = Math.floor((now_ms - this.#since_ms) / REFILL_MS);
    this.#left = Math.min(BURST, this.#left + filled);
    this.#since_ms = this.#left === BURST ? now_ms : this.#since_ms + filled * REFILL_MS;
    if (this.#left === 0) return this.#since_ms + REFILL_MS - now_ms;
    this.#left -= 1;
    return 0;
  }
}
