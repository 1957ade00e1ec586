// @ts-check
// Where in the lesson we are, between two words from the server.

/** Something is heard every 200 ms; after this long without, the lesson is not known to go on. */
const TRUST_MS = 1500;

export class Position {
  #lesson_s = 0;
  #at_ms = 0;
  #heard_ms = 0;
  #rate = 0;

  /**
   * The server says where we are.
   * @param {number} lesson_s @param {number} now_ms
   * @param {number} rate seconds of the lesson in a second: 0 while it stands still
   */
  set(lesson_s, now_ms, rate) {
    this.#lesson_s = lesson_s;
    this.#at_ms = now_ms;
    this.#heard_ms = now_ms;
    this.#rate = rate;
  }

  /** The server is still there. @param {number} now_ms */
  heard(now_ms) {
    this.#heard_ms = now_ms;
  }

  /** The connection is gone: we stay where we were. @param {number} now_ms */
  hold(now_ms) {
    this.set(this.at(now_ms), now_ms, 0);
  }

  /** @param {number} now_ms @returns {number} seconds into the lesson */
  at(now_ms) {
    const until_ms = Math.min(now_ms, this.#heard_ms + TRUST_MS);
    return this.#lesson_s + (this.#rate * (until_ms - this.#at_ms)) / 1000;
  }
}

/** "0:08" of 8.2. @param {number} seconds */
export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
