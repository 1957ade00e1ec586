// @ts-check
// The position in the lesson, also between two messages of the server.

/** A message comes every 200 ms; after this long without one, the lesson may have stopped. */
const TRUST_MS = 1500;

export class PlaybackPosition {
  #lesson_s = 0;
  #at_ms = 0;
  #message_ms = 0;
  #rate = 0;

  /**
   * Takes the position that the server reports.
   * @param {number} lesson_s @param {number} now_ms
   * @param {number} rate seconds of the lesson per second; 0 while it is paused
   */
  set(lesson_s, now_ms, rate) {
    this.#lesson_s = lesson_s;
    this.#at_ms = now_ms;
    this.#message_ms = now_ms;
    this.#rate = rate;
  }

  /** A message came, so the server is still there. @param {number} now_ms */
  onMessage(now_ms) {
    this.#message_ms = now_ms;
  }

  /** The connection is gone: the position stays where it is. @param {number} now_ms */
  freeze(now_ms) {
    this.set(this.at(now_ms), now_ms, 0);
  }

  /** @param {number} now_ms @returns {number} seconds into the lesson */
  at(now_ms) {
    const until_ms = Math.min(now_ms, this.#message_ms + TRUST_MS);
    return this.#lesson_s + (this.#rate * (until_ms - this.#at_ms)) / 1000;
  }
}
