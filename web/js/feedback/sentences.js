// @ts-check
// Sentences about what the server measured and reports, in the current language.

import { formatSeconds } from "../i18n/formats.js";
import { words } from "../i18n/words.js";

/** @import { RetryCountdown } from "../connection/attempt_events.js" */
/** @import { AdviceKind, Finding, FindingKind, Score } from "../connection/protocol.js" */

const ON_BEAT_MS = 60;

/** What the page does about a lost connection. @param {RetryCountdown} countdown */
export const retrySentence = ({ attempt, of, left_s }) =>
  left_s > 0 ? words.trouble.tryIn(attempt, of, left_s) : words.trouble.trying(attempt, of);

/** @param {string | null} grade */
export function gradeSentence(grade) {
  if (grade === null) return words.report.noGrade;
  return words.report.grades[grade] ?? words.report.lowest;
}

/** @param {number | null} lag_ms positive if the learner is late */
export function timingText(lag_ms) {
  const { unknown, onBeat, late, early } = words.report;
  if (lag_ms === null) return unknown;
  if (Math.abs(lag_ms) < ON_BEAT_MS) return onBeat;
  return (lag_ms > 0 ? late : early)(formatSeconds(Math.abs(lag_ms)));
}

/** @param {number} by rounded points since the last time */
export function changeSentence(by) {
  if (by === 0) return words.report.same;
  return by > 0 ? words.report.more(by) : words.report.fewer(-by);
}

/** For a last time that cannot be compared. @param {number} score rounded points @param {boolean} complete */
export const lastTimeSentence = (score, complete) =>
  (complete ? words.report.last : words.report.lastUnfinished)(score);

/** Why it ended before the lesson's end; quotes the server if the page has no words for it. @param {string} reason */
export function endReasonSentence(reason) {
  const { stopped, reasons, endedEarly } = words.report;
  return reason === "" || reason === "stopped" ? stopped : reasons[reason] ?? endedEarly(reason);
}

/** Why the server ended or refused a session, by its code; "" if the page has no words for it. @param {string} code */
export const codeSentence = (code) => words.trouble.refusals[code] ?? words.report.reasons[code] ?? "";

/** A part of the body, by the server's name for it. @param {string} part */
export const partName = (part) => words.coach.parts[part] ?? part.replaceAll("_", " ");

/** What to do now; quotes the server if the page does not know the kind. @param {Score} score */
export function hintSentence({ hint, advice }) {
  if (!advice || !Object.hasOwn(words.coach.hints, advice.kind)) return hint ?? "";
  const kind = /** @type {AdviceKind} */ (advice.kind);
  return words.coach.hints[kind](advice.part === null ? "" : partName(advice.part));
}

/** What the server found; quotes the server if the page does not know the kind. @param {Finding} finding */
export function findingSentence({ kind, parts, amount, sentence }) {
  if (!Object.hasOwn(words.coach.findings, kind)) return sentence;
  const known = /** @type {FindingKind} */ (kind);
  const names = parts.map(partName).reduce((all, one) => all && words.coach.and(all, one) || one, "");
  return words.coach.findings[known](names, formatSeconds(amount ?? 0));
}
