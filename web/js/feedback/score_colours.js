// @ts-check
// One scale of colour for every judgement; style.css holds the same five for text.

/** @import { Label } from "../connection/protocol.js" */

/** @type {Record<Label, string>} */
export const LABEL_COLOURS = {
  perfect: "#ffd66b", great: "#74e0a6", good: "#7cc4ff", ok: "#c3b3ff", miss: "#ff8e7c",
};
const UNSEEN = "#aab1c3";

/** The label of a score of 0..100, as the server's scale has it. @param {number} score @returns {Label} */
export function labelOf(score) {
  if (score >= 85) return "perfect";
  if (score >= 70) return "great";
  if (score >= 50) return "good";
  return score >= 35 ? "ok" : "miss";
}

/** @typedef {"right" | "nearly" | "wrong" | "unseen"} LimbLevel */

const RIGHT = 0.7, NEARLY = 0.4;
const SLACK = 0.06; // a level is left only when it is clearly left

/**
 * A limb is right, nearly right, or wrong; three are told apart from across a room.
 * @param {number | null} value 0..1 @param {LimbLevel} [before] @returns {LimbLevel}
 */
export function limbLevel(value, before = "unseen") {
  if (value === null) return "unseen";
  const right = before === "right" ? RIGHT - SLACK : before === "unseen" ? RIGHT : RIGHT + SLACK;
  if (value >= right) return "right";
  const nearly = before === "wrong" ? NEARLY + SLACK : before === "unseen" ? NEARLY : NEARLY - SLACK;
  return value >= nearly ? "nearly" : "wrong";
}

/** @type {Record<LimbLevel, string>} */
export const LIMB_COLOURS = {
  right: LABEL_COLOURS.great, nearly: "#ffc46b", wrong: LABEL_COLOURS.miss, unseen: UNSEEN,
};

/** @param {number | null} value 0..1 */
export const limbColour = (value) => LIMB_COLOURS[limbLevel(value)];
