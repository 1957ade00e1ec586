// @ts-check
// Where in the lesson we are, between two words from the server.

/** Something is heard every 200 ms; after this long without, the lesson is not known to go on. */
const TRUST_MS = 1500;

export class Position {
  #lesson_s = 0;
  #at_ms = 0;
  #heard_ms = 0;
  #moving = false;

  /** The server says where we are. @param {number} lesson_s @param {number} now_ms @param {boolean} moving */
  set(lesson_s, now_ms, moving) {
    this.#lesson_s = lesson_s;
    this.#at_ms = now_ms;
    this.#heard_ms = now_ms;
    this.#moving = moving;
  }

  /** The server is still there. @param {number} now_ms */
  heard(now_ms) {
    this.#heard_ms = now_ms;
  }

  /** @param {number} now_ms @returns {number} seconds into the lesson */
  at(now_ms) {
    if (!this.#moving) return this.#lesson_s;
    const until_ms = Math.min(now_ms, this.#heard_ms + TRUST_MS);
    return this.#lesson_s + (until_ms - this.#at_ms) / 1000;
  }
}

/** "0:08" of 8.2. @param {number} seconds */
export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
