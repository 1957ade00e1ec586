// @ts-check
// Sentences that are put together from what was measured, in the language that is spoken.

import { seconds } from "../i18n/formats.js";
import { words } from "../i18n/words.js";

/** @import { Wait } from "../connection/reconnect.js" */
/** @import { AdviceKind, Finding, FindingKind, Score } from "../connection/protocol.js" */

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

/** Why it ended before the end, in the server's words where the page has none. @param {string} reason */
export function earlyWords(reason) {
  const { stopped, reasons, endedEarly } = words.report;
  return reason === "" || reason === "stopped" ? stopped : reasons[reason] ?? endedEarly(reason);
}

/** Why the server ended it, or could not begin, by its code; "" where the page has no words for that. @param {string} code */
export const whyWords = (code) => words.trouble.refused[code] ?? words.report.reasons[code] ?? "";

/** A part of the body as the server names it. @param {string} part */
export const partWords = (part) => words.coach.parts[part] ?? part.replaceAll("_", " ");

/** What to do now; in the server's own words where the page does not know the kind. @param {Score} score */
export function hintWords({ hint, advice }) {
  if (!advice || !Object.hasOwn(words.coach.hints, advice.kind)) return hint ?? "";
  const kind = /** @type {AdviceKind} */ (advice.kind);
  return words.coach.hints[kind](advice.part === null ? "" : partWords(advice.part));
}

/** What the server found, in its own words where the page does not know the kind. @param {Finding} finding */
export function findingWords({ kind, parts, amount, sentence }) {
  if (!Object.hasOwn(words.coach.findings, kind)) return sentence;
  const known = /** @type {FindingKind} */ (kind);
  const part = parts.map(partWords).reduce((all, one) => all && words.coach.and(all, one) || one, "");
  return words.coach.findings[known](part, seconds(amount ?? 0));
}
