// @ts-check
// When to try again: soon, then less and less often, and not for ever.

/** Before each try; two minutes in all, in which a server restarts and a network comes back. */
export const PAUSES_S = [1, 2, 4, 8, 15, 30, 30, 30];
/** A connection that held this long was a good one: what breaks after it begins a new count. */
export const STEADY_MS = 10_000;

/** @typedef {{ attempt: number, of: number, wait_s: number }} Try */

export class Retries {
  #made = 0;
  #connected_ms = Infinity;

  /** @param {number} now_ms */
  connected(now_ms) {
    this.#connected_ms = now_ms;
  }

  /** The next try, or null when there were enough. @param {number} now_ms @returns {Try | null} */
  next(now_ms) {
    if (now_ms - this.#connected_ms >= STEADY_MS) this.#made = 0;
    this.#connected_ms = Infinity;
    if (this.#made === PAUSES_S.length) return null;
    const wait_s = PAUSES_S[this.#made];
    this.#made += 1;
    return { attempt: this.#made, of: PAUSES_S.length, wait_s };
  }
}
