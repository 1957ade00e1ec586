// @ts-check
// Detects both hands held overhead, which works as a button for somebody who is too far from it.

/** @import { Joint } from "../connection/protocol.js" */

const NOSE = 0, WRISTS = [4, 7];
const MIN_CONFIDENCE = 0.1;
const ABOVE = 0.04; // of the picture's height, over the nose
const HOLD_MS = 1500;
const GAP_MS = 500; // a hand may be missing in a pose or two
const SILENCE_MS = 2000; // a busy server may send no pose for so long

export class RaisedHands {
  /** False until the hands were down: hands that were already up mean nothing. */
  #armed = false;
  #since_ms = -Infinity;
  #seen_ms = -Infinity;
  #isMissed = false; // whether a pose has shown no raised hands since

  /** Starts over: the hands have to come down first. */
  reset() {
    this.#armed = false;
    this.#since_ms = this.#seen_ms = -Infinity;
  }

  /**
   * Returns for which part of the required time they have been up, 0..1. It returns 1 once.
   * @param {Joint[] | null} pose @param {number} now_ms @returns {number}
   */
  update(pose, now_ms) {
    if (areHandsUp(pose)) {
      if (!this.#armed) return 0;
      const longest_ms = this.#isMissed ? GAP_MS : SILENCE_MS;
      if (now_ms - this.#seen_ms > longest_ms) this.#since_ms = now_ms;
      this.#seen_ms = now_ms;
      this.#isMissed = false;
    } else {
      this.#isMissed = true;
      if (now_ms - this.#seen_ms > GAP_MS) {
        this.#armed ||= pose !== null;
        return 0;
      }
    }
    const share = (now_ms - this.#since_ms) / HOLD_MS;
    if (share < 1) return share;
    this.reset();
    return 1;
  }
}

/** @param {Joint[] | null} pose */
function areHandsUp(pose) {
  if (!pose) return false;
  const [, nose_y, noseConfidence] = pose[NOSE];
  if (nose_y === null || noseConfidence < MIN_CONFIDENCE) return false;
  return WRISTS.every((wrist) => {
    const [, y, confidence] = pose[wrist];
    return y !== null && confidence >= MIN_CONFIDENCE && y < nose_y - ABOVE;
  });
}
