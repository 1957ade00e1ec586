// @ts-check
// Both hands held overhead: a word for somebody who stands too far from every button. Pure.

/** @import { Joint } from "../connection/protocol.js" */

const NOSE = 0, WRISTS = [4, 7];
const SEEN = 0.1;
const ABOVE = 0.04; // of the picture's height, over the nose
const HOLD_MS = 1500;
const GAP_MS = 500; // a pose or two may miss a hand

export class Overhead {
  /** Hands that were up before anybody asked mean nothing. */
  #mayBegin = false;
  #since_ms = -Infinity;
  #seen_ms = -Infinity;

  /** Another occasion: the hands have to come down first. */
  clear() {
    this.#mayBegin = false;
    this.#since_ms = this.#seen_ms = -Infinity;
  }

  /**
   * How much of the time they have been up, 0..1; at 1 it has been said, once.
   * @param {Joint[] | null} pose @param {number} now_ms @returns {number}
   */
  take(pose, now_ms) {
    if (isOverhead(pose)) {
      if (!this.#mayBegin) return 0;
      if (now_ms - this.#seen_ms > GAP_MS) this.#since_ms = now_ms;
      this.#seen_ms = now_ms;
    } else if (now_ms - this.#seen_ms > GAP_MS) {
      this.#mayBegin ||= pose !== null;
      return 0;
    }
    const share = (now_ms - this.#since_ms) / HOLD_MS;
    if (share < 1) return share;
    this.clear();
    return 1;
  }
}

/** @param {Joint[] | null} pose */
function isOverhead(pose) {
  if (!pose) return false;
  const [, noseY, noseScore] = pose[NOSE];
  if (noseY === null || noseScore < SEEN) return false;
  return WRISTS.every((wrist) => {
    const [, y, score] = pose[wrist];
    return y !== null && score >= SEEN && y < noseY - ABOVE;
  });
}
