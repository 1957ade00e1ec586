// @ts-check
// Nobody is seen while the lesson plays: how long it goes on, and when it does again by itself.

/** @import { Joint } from "../connection/protocol.js" */

/** Long enough for a turn, or a step aside. */
const WAITS_AFTER_MS = 5000;
/** Of 14 joints of the body; fewer are a coat on a chair. */
const LEAST_JOINTS = 4, BODY = 14;
/** As long as one of these is told, somebody is on their way and not there yet. */
const NOT_THERE = new Set(["nobody", "near", "head", "feet"]);

export class Absence {
  /** The lesson waits for somebody. */
  waits = false;
  #excused = false;
  /** @type {number | null} */
  #since_ms = null;

  /** Another round. */
  clear() {
    this.goesOn();
    this.#excused = false;
  }

  /**
   * What is seen while the lesson plays.
   * @param {Joint[] | null} pose @param {number} now_ms
   * @returns {boolean} whether it has to wait from now on
   */
  sees(pose, now_ms) {
    if (isSomebody(pose)) this.clear();
    else this.#since_ms ??= now_ms;
    if (this.waits || this.#excused || this.#since_ms === null) return false;
    this.waits = now_ms - this.#since_ms >= WAITS_AFTER_MS;
    return this.waits;
  }

  /**
   * While it waits: somebody stands where they can dance.
   * @param {string[] | null | undefined} framing
   */
  isOver(framing) {
    return this.waits && Boolean(framing) && !framing?.some((problem) => NOT_THERE.has(problem));
  }

  /** The learner wants to go on, seen or not; it is not asked again before they are seen. */
  excuse() {
    this.#excused = true;
  }

  /** The lesson plays again. */
  goesOn() {
    this.waits = false;
    this.#since_ms = null;
  }
}

/** @param {Joint[] | null} pose */
const isSomebody = (pose) =>
  (pose ?? []).slice(0, BODY).filter(([x]) => x !== null).length >= LEAST_JOINTS;
