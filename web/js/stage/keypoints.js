// @ts-check
// A body of 18 joints (COCO order): its limbs, and a ghost to follow.

/** @import { Joint, Limb, Limbs, Mirror } from "../connection/protocol.js" */

const NOSE = 0, NECK = 1, RIGHT_HIP = 8, LEFT_HIP = 11;
const SEEN = 0.1;

/** @typedef {{ x: number, y: number } | null} Point  pixels, or null where it was not seen */

/** Joint pairs; hips average into one point for the torso. @type {Record<Limb, [number[], number[]]>} */
export const LIMB_ENDS = {
  left_upper_arm: [[5], [6]], left_forearm: [[6], [7]],
  right_upper_arm: [[2], [3]], right_forearm: [[3], [4]],
  left_thigh: [[11], [12]], left_shin: [[12], [13]],
  right_thigh: [[8], [9]], right_shin: [[9], [10]],
  torso: [[RIGHT_HIP, LEFT_HIP], [NECK]], shoulders: [[5], [2]], head: [[NECK], [NOSE]],
};

/** Left and right of the 18 joints, exchanged. */
const SWAPPED = [0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16];

/**
 * Joints as points of a picture.
 * @param {Joint[]} joints @param {number} width @param {number} height @returns {Point[]}
 */
export const toPoints = (joints, width, height) =>
  joints.map(([x, y, score]) =>
    x === null || y === null || score < SEEN ? null : { x: x * width, y: y * height });

/** @param {Point[]} points @param {number[]} joints @returns {Point} the middle of those seen */
export function middle(points, joints) {
  const seen = joints.map((joint) => points[joint]).filter((point) => point !== null);
  if (!seen.length) return null;
  const sum = (/** @type {"x" | "y"} */ axis) => seen.reduce((total, p) => total + p[axis], 0);
  return { x: sum("x") / seen.length, y: sum("y") / seen.length };
}

/** @param {Point[]} points @param {number} width */
const flipped = (points, width) =>
  SWAPPED.map((from) => {
    const point = points[from];
    return point && { x: width - point.x, y: point.y };
  });

/** How alike two bodies hold their limbs, −1..1; null when nothing is common. @param {Point[]} a @param {Point[]} b */
function likeness(a, b) {
  const cosines = Object.values(LIMB_ENDS).flatMap(([from, to]) => {
    const [a0, a1, b0, b1] = [middle(a, from), middle(a, to), middle(b, from), middle(b, to)];
    if (!a0 || !a1 || !b0 || !b1) return [];
    const lengths = Math.hypot(a1.x - a0.x, a1.y - a0.y) * Math.hypot(b1.x - b0.x, b1.y - b0.y);
    const dot = (a1.x - a0.x) * (b1.x - b0.x) + (a1.y - a0.y) * (b1.y - b0.y);
    return lengths > 0 ? [dot / lengths] : [];
  });
  return cosines.length ? cosines.reduce((sum, c) => sum + c, 0) / cosines.length : null;
}

/** Lays the instructor's pose over the learner's body. */
export class Ghost {
  #mirroredIsLiker = 0;

  /** @param {Mirror} mirror */
  constructor(mirror) {
    this.mirror = mirror;
  }

  /**
   * The target moved and scaled to the learner's torso; with `auto`, on the side that has been the
   * more alike so far.
   * @param {Point[]} target pixels of the lesson @param {number} width of the lesson's picture
   * @param {Point[]} learner pixels of the webcam
   * @returns {Point[] | null} pixels of the webcam; null without two torsos
   */
  fit(target, width, learner) {
    const mirrored = flipped(target, width);
    if (this.mirror === "auto") {
      const gain = (likeness(mirrored, learner) ?? 0) - (likeness(target, learner) ?? 0);
      this.#mirroredIsLiker = 0.95 * this.#mirroredIsLiker + gain;
    }
    const useMirrored = this.mirror === "auto" ? this.#mirroredIsLiker >= 0 : this.mirror === "on";
    return overlaid(useMirrored ? mirrored : target, learner);
  }
}

/** @param {Point[]} target @param {Point[]} learner @returns {Point[] | null} */
function overlaid(target, learner) {
  const [hip, neck] = [middle(target, [RIGHT_HIP, LEFT_HIP]), target[NECK]];
  const [toHip, toNeck] = [middle(learner, [RIGHT_HIP, LEFT_HIP]), learner[NECK]];
  if (!hip || !neck || !toHip || !toNeck) return null;
  const torso = Math.hypot(neck.x - hip.x, neck.y - hip.y);
  if (torso === 0) return null;
  const scale = Math.hypot(toNeck.x - toHip.x, toNeck.y - toHip.y) / torso;
  return target.map(
    (p) => p && { x: toHip.x + (p.x - hip.x) * scale, y: toHip.y + (p.y - hip.y) * scale });
}

/** @param {Limbs | null} limbs @param {Limb} limb @returns {number | null} */
export const limbValue = (limbs, limb) => limbs?.[limb] ?? null;
