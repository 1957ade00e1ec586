// @ts-check
// Marking a passage to repeat: its beginning (A), then its end (B), in any order and again.

/** @import { Loop } from "../connection/protocol.js" */

/** Shorter than this nobody can dance, nor a server jump. */
export const SHORTEST_S = 1;

/** @typedef {{ from_s: number | null, to_s: number | null }} Marks */

/** @type {Marks} */
export const NO_MARKS = { from_s: null, to_s: null };

/**
 * The marks once a beginning is set at a place; an end that does not lie behind it is forgotten.
 * @param {Marks} marks @param {number} place_s @returns {Marks}
 */
export const begunAt = ({ to_s }, place_s) =>
  ({ from_s: place_s, to_s: to_s !== null && to_s - place_s >= SHORTEST_S ? to_s : null });

/**
 * The marks once an end is set at a place; without a beginning the passage begins with the lesson.
 * @param {Marks} marks @param {number} place_s @returns {Marks | null} null: that is too short
 */
export function endedAt({ from_s }, place_s) {
  const begin_s = from_s ?? 0;
  return place_s - begin_s >= SHORTEST_S ? { from_s: begin_s, to_s: place_s } : null;
}

/** The passage that the marks make, if they do. @param {Marks} marks @returns {Loop | null} */
export const loopOf = ({ from_s, to_s }) =>
  from_s !== null && to_s !== null ? [from_s, to_s] : null;
