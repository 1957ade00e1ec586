// @ts-check
// The colours of scores. Labels and limbs share one scale; css/style.css has the same five for text.

/** @import { Label } from "../connection/protocol.js" */

/** @type {Record<Label, string>} */
export const LABEL_COLOURS = {
  perfect: "#ffd66b", great: "#74e0a6", good: "#7cc4ff", ok: "#c3b3ff", miss: "#ff8e7c",
};
const UNSEEN = "#aab1c3";

/** Who is who among several dancers, by their places; css/stage.css has the same. */
export const DANCER_COLOURS = ["#ffb454", "#5ec8ff", "#e39bff", "#9be36f"];

/** The label of a score of 0..100, on the server's scale. @param {number} score @returns {Label} */
export function labelOf(score) {
  if (score >= 85) return "perfect";
  if (score >= 70) return "great";
  if (score >= 50) return "good";
  return score >= 35 ? "ok" : "miss";
}

/** @typedef {"right" | "nearly" | "wrong" | "unseen"} LimbLevel */

const RIGHT = 0.7, NEARLY = 0.4;
const HYSTERESIS = 0.06;

/**
 * The level of a limb. There are only three, so that they can be told apart from across a room, and
 * a limb leaves its level only when its score is clearly beyond the limit.
 * @param {number | null} score 0..1 @param {LimbLevel} [before] @returns {LimbLevel}
 */
export function limbLevel(score, before = "unseen") {
  if (score === null) return "unseen";
  const right = before === "right" ? RIGHT - HYSTERESIS : before === "unseen" ? RIGHT : RIGHT + HYSTERESIS;
  if (score >= right) return "right";
  const nearly = before === "wrong" ? NEARLY + HYSTERESIS : before === "unseen" ? NEARLY : NEARLY - HYSTERESIS;
  return score >= nearly ? "nearly" : "wrong";
}

/** @type {Record<LimbLevel, string>} */
export const LIMB_COLOURS = {
  right: LABEL_COLOURS.great, nearly: "#ffc46b", wrong: LABEL_COLOURS.miss, unseen: UNSEEN,
};

/** @param {number | null} score 0..1 */
export const limbColour = (score) => LIMB_COLOURS[limbLevel(score)];
