// @ts-check
// The texts and numbers of a report. The page and the image to share both show these.

import { LIMBS } from "../connection/protocol.js";
import { labelOf } from "../feedback/score_colours.js";
import {
  changeSentence, endReasonSentence, findingSentence, gradeSentence, lastTimeSentence, partName,
  timingText,
} from "../feedback/sentences.js";
import { formatClock, formatInteger, formatPercent } from "../i18n/formats.js";
import { words } from "../i18n/words.js";

/** @import { ScoreChange } from "../api.js" */
/** @import { Label, Limb, Limbs, Loop, Passage, Summary } from "../connection/protocol.js" */

const MEASURES = /** @type {const} */ (["shape", "timing", "energy"]);

/**
 * @typedef {{ id: typeof MEASURES[number], name: string, value: number | null, text: string,
 *   change: string }} MeasureText  `value`: 0..100; `change`: "+3", "" if it is not known
 * @typedef {{ passage: Loop, place: string, text: string, label: Label }} PassageText
 * @typedef {{ limb: Limb, name: string, value: number | null, text: string }} LimbRow
 * @typedef {{ grade: string, score: string, value: number | null, label: Label | "",
 *   verdict: string, findings: string, measures: MeasureText[], facts: [name: string, text: string][],
 *   endReason: string, best: PassageText[], worst: PassageText[], noWorst: string, limbs: LimbRow[],
 *   change: string }} ReportText
 */

/**
 * @param {Summary} summary
 * @param {{ reason: string, lastScore: number | null, change: ScoreChange | null }} context
 *   `lastScore`: the last score that this browser knows; `change`: what the server knows, which is more
 * @returns {ReportText}
 */
export function createReportText(summary, { reason, lastScore, change }) {
  const { score, grade, coverage } = summary;
  return {
    grade: gradeLetter(grade),
    score: pointsText(score),
    value: score,
    label: grade === null || score === null ? "" : labelOf(score),
    verdict: gradeSentence(grade),
    findings: (summary.findings ?? []).map(findingSentence).join(" "),
    measures: MEASURES.map((id) => ({
      id, name: words.report.parts[id], value: summary[id], text: pointsText(summary[id]),
      change: isComparable(summary, change) ? signedText(change?.[id] ?? null) : "",
    })),
    facts: [
      [words.report.inView, coverage === null ? words.report.unknown : formatPercent(coverage)],
      [words.report.moved, timingText(summary.lag_ms)],
      [words.report.moments, momentsText(summary)],
      [words.report.sides, words.report.mirror[summary.mirror]],
    ],
    endReason: summary.complete ? "" : endReasonSentence(reason),
    best: summary.best.map(passageText),
    worst: passagesToWorkOn(summary).map(passageText),
    noWorst: words.report[summary.worst.length ? "allPerfect" : "none"],
    limbs: limbRows(summary.limbs),
    change: changeText(summary, lastScore, change),
  };
}

/** The worst passages, without those that were perfect. @param {Pick<Summary, "worst">} summary */
export const passagesToWorkOn = ({ worst }) => worst.filter(({ score }) => labelOf(score) !== "perfect");

/** The letter of a grade; "" for the lowest one, which is words. @param {string | null} grade */
export const gradeLetter = (grade) => (grade === null || grade.length > 2 ? "" : grade);

/** @param {number | null} value 0..100 */
const pointsText = (value) => (value === null ? words.report.unknown : formatInteger(value));

/** @param {Summary} summary */
const momentsText = ({ samples, dropped }) =>
  words.report.momentsOf(formatInteger(samples), dropped ? formatInteger(dropped) : "");

/** @param {number | null} by points */
function signedText(by) {
  if (by === null) return "";
  const rounded = Math.round(by);
  return rounded > 0 ? `+${rounded}` : rounded < 0 ? `−${-rounded}` : "±0";
}

/** Only results that were danced to the end can be compared. @param {Summary} summary @param {ScoreChange | null} change */
const isComparable = ({ complete }, change) => complete && (change?.since.complete ?? false);

/** @param {Summary} summary @param {number | null} lastScore @param {ScoreChange | null} change */
function changeText(summary, lastScore, change) {
  if (!change) {
    if (summary.score === null || lastScore === null) return "";
    return changeSentence(Math.round(summary.score) - Math.round(lastScore));
  }
  const { score, complete } = change.since;
  if (isComparable(summary, change) && change.score !== null) return changeSentence(Math.round(change.score));
  return score === null ? "" : lastTimeSentence(Math.round(score), complete);
}

/** @param {Passage} passage @returns {PassageText} */
const passageText = ({ from_s, to_s, score }) => ({
  passage: [from_s, to_s], place: `${formatClock(from_s)} – ${formatClock(to_s)}`, text: pointsText(score),
  label: labelOf(score),
});

/** Weakest first, because that is what to work on. @param {Limbs} limbs @returns {LimbRow[]} */
function limbRows(limbs) {
  const rows = LIMBS.map((limb) => ({ limb, value: limbs[limb] ?? null }))
    .sort((a, b) => (a.value ?? 2) - (b.value ?? 2));
  return rows.map(({ limb, value }) => ({
    limb, name: partName(limb), value,
    text: value === null ? words.report.notSeen : formatInteger(value * 100),
  }));
}
