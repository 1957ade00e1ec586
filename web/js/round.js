// @ts-check
// One go at a lesson: which, from where, how far, and the live session that carries it.

import { Live } from "./live.js";
import { Position } from "./position.js";

/** @import { Lesson } from "./api.js" */

export class Round {
  live = new Live();
  position = new Position();
  /** Why the server ended it, in its words. */
  reason = "";

  /** @param {Lesson} lesson @param {number} [from_s] @param {boolean} [goes] on without a click */
  constructor(lesson, from_s = 0, goes = false) {
    this.lesson = lesson;
    this.from_s = from_s;
    this.goes = goes;
    this.position.set(from_s, 0, false);
  }

  start() {
    this.live.send({ type: "start", ...(this.from_s > 0 && { lesson_s: this.from_s }) });
  }

  /** Goes to a place, or to the nearest end of the lesson. @param {number} lesson_s @returns {number} */
  seek(lesson_s) {
    const within_s = Math.max(0, Math.min(lesson_s, this.lesson.duration_s));
    this.live.send({ type: "seek", lesson_s: within_s });
    return within_s;
  }

  /** The same lesson from where this one broke off. @param {boolean} goes */
  continued(goes) {
    return new Round(this.lesson, this.position.at(performance.now()), goes);
  }

  /** The summary with what only the page knows. @param {number | null} before the last score */
  about(before) {
    const { title, duration_s } = this.lesson;
    return { title, duration_s, before, reason: this.reason };
  }
}
