// @ts-check
// Notices that nobody is in view while the lesson plays, and when somebody is back.

/** @import { Joint } from "../connection/protocol.js" */

/** Long enough for a turn, or a step aside. */
const TIMEOUT_MS = 5000;
/** Of 14 joints of the body; fewer are a coat on a chair. */
const MIN_JOINTS = 4, BODY_JOINTS = 14;
/** While one of these problems is reported, somebody may be on their way but cannot dance yet. */
const NOT_IN_PLACE = new Set(["nobody", "near", "head", "feet"]);

export class AbsenceDetector {
  /** The lesson is paused until somebody is there. */
  isWaiting = false;
  #ignored = false;
  /** @type {number | null} */
  #since_ms = null;

  /** Forgets everything, for another attempt. */
  reset() {
    this.onPlaying();
    this.#ignored = false;
  }

  /**
   * Takes a pose that came while the lesson plays.
   * @param {Joint[] | null} pose @param {number} now_ms
   * @returns {boolean} whether the lesson has to wait from now on
   */
  update(pose, now_ms) {
    if (isSomebody(pose)) this.reset();
    else this.#since_ms ??= now_ms;
    if (this.isWaiting || this.#ignored || this.#since_ms === null) return false;
    this.isWaiting = now_ms - this.#since_ms >= TIMEOUT_MS;
    return this.isWaiting;
  }

  /**
   * Whether the wait is over: somebody stands where they can dance.
   * @param {string[] | null | undefined} framing
   */
  isOver(framing) {
    return this.isWaiting && Boolean(framing) && !framing?.some((problem) => NOT_IN_PLACE.has(problem));
  }

  /** The learner wants to go on although nobody is seen; it does not wait again until they are. */
  ignoreAbsence() {
    this.#ignored = true;
  }

  /** The lesson plays again. */
  onPlaying() {
    this.isWaiting = false;
    this.#since_ms = null;
  }
}

/** @param {Joint[] | null} pose */
const isSomebody = (pose) =>
  (pose ?? []).slice(0, BODY_JOINTS).filter(([x]) => x !== null).length >= MIN_JOINTS;
