// @ts-check
// One scale of colour for every judgement; style.css holds the same five for text.

/** @import { Label } from "./protocol.js" */

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

/** A limb is right, nearly right, or wrong; three are told apart from across a room. @param {number | null} value 0..1 */
export function limbColour(value) {
  if (value === null) return UNSEEN;
  if (value >= 0.7) return LABEL_COLOURS.great;
  return value >= 0.4 ? "#ffc46b" : LABEL_COLOURS.miss;
}
