// @ts-check
// The two marks of a passage to repeat: its start (A) and its end (B), set in any order, repeatedly.

/** @import { Loop } from "../connection/protocol.js" */

/** Nobody can dance a shorter passage, nor can the server jump back so soon. */
export const SHORTEST_LOOP_S = 1;

/** @typedef {{ from_s: number | null, to_s: number | null }} LoopMarks */

/** @type {LoopMarks} */
export const NO_MARKS = { from_s: null, to_s: null };

/**
 * The marks after the start is set; an end that is not behind it is removed.
 * @param {LoopMarks} marks @param {number} position_s @returns {LoopMarks}
 */
export const markStart = ({ to_s }, position_s) =>
  ({ from_s: position_s, to_s: to_s !== null && to_s - position_s >= SHORTEST_LOOP_S ? to_s : null });

/**
 * The marks after the end is set; without a start the passage begins where the lesson does.
 * @param {LoopMarks} marks @param {number} position_s @returns {LoopMarks | null} null: too short
 */
export function markEnd({ from_s }, position_s) {
  const start_s = from_s ?? 0;
  return position_s - start_s >= SHORTEST_LOOP_S ? { from_s: start_s, to_s: position_s } : null;
}

/** The passage between the marks, if both are set. @param {LoopMarks} marks @returns {Loop | null} */
export const toLoop = ({ from_s, to_s }) =>
  from_s !== null && to_s !== null ? [from_s, to_s] : null;
