// @ts-check
// Sentences that are put together from what was measured, in the language that is spoken.

import { seconds } from "./numerals.js";
import { words } from "./words.js";

/** @import { Wait } from "./lifeline.js" */
/** @import { Limb } from "./protocol.js" */

const ON_BEAT_MS = 60;

/** What the page does about a lost connection. @param {Wait} wait */
export const waitWords = ({ attempt, of, left_s }) =>
  left_s > 0 ? words.trouble.tryIn(attempt, of, left_s) : words.trouble.trying(attempt, of);

/** @param {string | null} grade */
export function gradeWords(grade) {
  if (grade === null) return words.report.noGrade;
  return words.report.grades[grade] ?? words.report.lowest;
}

/** @param {number | null} lag_ms positive: the learner moves late */
export function timingWords(lag_ms) {
  const { unknown, onBeat, late, early } = words.report;
  if (lag_ms === null) return unknown;
  if (Math.abs(lag_ms) < ON_BEAT_MS) return onBeat;
  return (lag_ms > 0 ? late : early)(seconds(Math.abs(lag_ms)));
}

/** @param {number} by rounded points */
export function changeWords(by) {
  if (by === 0) return words.report.same;
  return by > 0 ? words.report.more(by) : words.report.fewer(-by);
}

/** Where the two cannot be compared. @param {number} before rounded points @param {boolean} complete */
export const lastWords = (before, complete) =>
  (complete ? words.report.last : words.report.lastUnfinished)(before);

/** Why it ended before the end, in the server's words where we have none. @param {string} reason */
export function earlyWords(reason) {
  if (reason === "" || reason === "stopped") return words.report.stopped;
  return words.report.ended[reason] ?? words.report.endedEarly(reason);
}

/** @param {Limb} limb */
export const limbWords = (limb) => words.report.limbs[limb];
