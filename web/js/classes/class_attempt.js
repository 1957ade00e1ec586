// @ts-check
// An attempt in a class: the teacher's commands move it for everybody, a learner's move nothing.

import { Attempt } from "../connection/attempt.js";

/** @import { Lesson } from "../api.js" */
/** @import { Pace } from "../connection/attempt.js" */
/** @import { SessionOptions } from "../connection/session.js" */
/** @import { LearnerSeat, Seat, TeacherSeat } from "./seat.js" */

/** @typedef {{ name: string, isListed: boolean, hasBoard: boolean }} ClassWishes  `isListed`: wants to be on the leaderboard */

class ClassAttempt extends Attempt {
  /** A class goes on whether a page is looked at or not. */
  get canPlay() {
    return true;
  }

  onVisibilityChange() {
    if (!document.hidden) this.checkConnection();
  }

  /** @param {Omit<SessionOptions, "camera" | "lesson" | "videoUrls" | "resume" | "withoutWebRtc">} options */
  async connect(options) {
    await super.connect({ ...options, seat: /** @type {Seat} */ (this.seat) });
  }
}

/** A learner's: only the end is theirs to decide. */
export class LearnerAttempt extends ClassAttempt {
  /** @param {Lesson} lesson @param {LearnerSeat} seat @param {ClassWishes} wishes */
  constructor(lesson, seat, wishes) {
    super(lesson);
    this.seat = seat;
    this.wishes = wishes;
    this.events.on("welcome", () => {
      if (wishes.isListed) this.send({ type: "class", leaderboard: true });
    });
  }

  copy() {
    return new LearnerAttempt(this.lesson, /** @type {LearnerSeat} */ (this.seat), this.wishes);
  }

  start() {}
  pause() {}
  resume() {}
  seek() {}
  setRate() {}
  setLoop() {}
}

/** A teacher's: no camera of theirs is scored. */
export class TeacherAttempt extends ClassAttempt {
  /** @param {Lesson} lesson @param {TeacherSeat} seat @param {number} [from_s] @param {Pace} [pace] */
  constructor(lesson, seat, from_s, pace) {
    super(lesson, from_s, pace);
    this.seat = seat;
    this.screenOnly = true;
  }

  /** @param {number} from_s @param {Pace} pace */
  copy(from_s, pace) {
    return new TeacherAttempt(this.lesson, /** @type {TeacherSeat} */ (this.seat), from_s, pace);
  }
}
