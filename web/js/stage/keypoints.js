// @ts-check
// The 18 keypoints of a pose in COCO order, and the limbs between them.

/** @import { Joint, Limb, Limbs } from "../connection/protocol.js" */

export const NOSE = 0;
export const NECK = 1;
export const RIGHT_HIP = 8;
export const LEFT_HIP = 11;
const MIN_CONFIDENCE = 0.1;

/** @typedef {{ x: number, y: number } | null} Point  pixels, or null for a joint that was not seen */

/** The joints at both ends of each limb; the torso ends in the middle of the hips. @type {Record<Limb, [number[], number[]]>} */
export const LIMB_ENDS = {
  left_upper_arm: [[5], [6]], left_forearm: [[6], [7]],
  right_upper_arm: [[2], [3]], right_forearm: [[3], [4]],
  left_thigh: [[11], [12]], left_shin: [[12], [13]],
  right_thigh: [[8], [9]], right_shin: [[9], [10]],
  torso: [[RIGHT_HIP, LEFT_HIP], [NECK]], shoulders: [[5], [2]], head: [[NECK], [NOSE]],
};

/** Where each joint is after left and right are swapped. */
const SWAPPED = [0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16];

/**
 * Joints as points of a picture.
 * @param {Joint[]} joints @param {number} width @param {number} height @returns {Point[]}
 */
export const toPoints = (joints, width, height) =>
  joints.map(([x, y, confidence]) =>
    x === null || y === null || confidence < MIN_CONFIDENCE ? null : { x: x * width, y: y * height });

/** @param {Point[]} points @param {number[]} joints @returns {Point} the middle of those that were seen */
export function middle(points, joints) {
  const seen = joints.map((joint) => points[joint]).filter((point) => point !== null);
  if (!seen.length) return null;
  const sum = (/** @type {"x" | "y"} */ axis) => seen.reduce((total, p) => total + p[axis], 0);
  return { x: sum("x") / seen.length, y: sum("y") / seen.length };
}

/** The pose in a mirror. @param {Point[]} points @param {number} width of the picture @returns {Point[]} */
export const mirrored = (points, width) =>
  SWAPPED.map((from) => {
    const point = points[from];
    return point && { x: width - point.x, y: point.y };
  });

/** @param {Limbs | null} limbs @param {Limb} limb @returns {number | null} */
export const limbScore = (limbs, limb) => limbs?.[limb] ?? null;
