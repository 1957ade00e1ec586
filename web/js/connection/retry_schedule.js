// @ts-check
// When to try again: soon at first, then less and less often, and not for ever.

/** Before each try; two minutes in all, in which a server restarts and a network comes back. */
export const PAUSES_S = [1, 2, 4, 8, 15, 30, 30, 30];
/** A connection that held this long was a good one: a failure after it starts a new count. */
export const STABLE_MS = 10_000;

/** @typedef {{ attempt: number, of: number, wait_s: number }} Retry */

export class RetrySchedule {
  #tries = 0;
  #connected_ms = Infinity;

  /** @param {number} now_ms */
  onConnected(now_ms) {
    this.#connected_ms = now_ms;
  }

  /** The next try, or null after the last one. @param {number} now_ms @returns {Retry | null} */
  next(now_ms) {
    if (now_ms - this.#connected_ms >= STABLE_MS) this.#tries = 0;
    this.#connected_ms = Infinity;
    if (this.#tries === PAUSES_S.length) return null;
    const wait_s = PAUSES_S[this.#tries];
    this.#tries += 1;
    return { attempt: this.#tries, of: PAUSES_S.length, wait_s };
  }
}
