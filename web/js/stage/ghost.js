// @ts-check
// The ghost: the instructor's pose, laid over the learner's body.

import { LEFT_HIP, LIMB_ENDS, NECK, RIGHT_HIP, middle, mirrored } from "./keypoints.js";

/** @import { Mirror } from "../connection/protocol.js" */
/** @import { Point } from "./keypoints.js" */

export class Ghost {
  #mirroredIsCloser = 0;

  /** @param {Mirror} mirror */
  constructor(mirror) {
    this.mirror = mirror;
  }

  /**
   * Moves and scales the target to the learner's torso. With `auto`, it uses the side (mirrored or
   * not) that has been more like the learner so far.
   * @param {Point[]} target pixels of the lesson @param {number} width of the lesson's picture
   * @param {Point[]} learner pixels of the webcam
   * @returns {Point[] | null} pixels of the webcam; null unless both torsos were seen
   */
  fit(target, width, learner) {
    const flipped = mirrored(target, width);
    if (this.mirror === "auto") {
      const gain = (similarity(flipped, learner) ?? 0) - (similarity(target, learner) ?? 0);
      this.#mirroredIsCloser = 0.95 * this.#mirroredIsCloser + gain;
    }
    const useMirrored = this.mirror === "auto" ? this.#mirroredIsCloser >= 0 : this.mirror === "on";
    return moveToTorso(useMirrored ? flipped : target, learner);
  }
}

/**
 * The mean cosine between the limbs of two bodies, −1..1; null if they have no limb in common.
 * @param {Point[]} a @param {Point[]} b
 */
function similarity(a, b) {
  const cosines = Object.values(LIMB_ENDS).flatMap(([from, to]) => {
    const [a0, a1, b0, b1] = [middle(a, from), middle(a, to), middle(b, from), middle(b, to)];
    if (!a0 || !a1 || !b0 || !b1) return [];
    const lengths = Math.hypot(a1.x - a0.x, a1.y - a0.y) * Math.hypot(b1.x - b0.x, b1.y - b0.y);
    const dot = (a1.x - a0.x) * (b1.x - b0.x) + (a1.y - a0.y) * (b1.y - b0.y);
    return lengths > 0 ? [dot / lengths] : [];
  });
  return cosines.length ? cosines.reduce((sum, c) => sum + c, 0) / cosines.length : null;
}

/** @param {Point[]} target @param {Point[]} learner @returns {Point[] | null} */
function moveToTorso(target, learner) {
  const [hip, neck] = [middle(target, [RIGHT_HIP, LEFT_HIP]), target[NECK]];
  const [toHip, toNeck] = [middle(learner, [RIGHT_HIP, LEFT_HIP]), learner[NECK]];
  if (!hip || !neck || !toHip || !toNeck) return null;
  const torso = Math.hypot(neck.x - hip.x, neck.y - hip.y);
  if (torso === 0) return null;
  const scale = Math.hypot(toNeck.x - toHip.x, toNeck.y - toHip.y) / torso;
  return target.map(
    (p) => p && { x: toHip.x + (p.x - hip.x) * scale, y: toHip.y + (p.y - hip.y) * scale });
}
