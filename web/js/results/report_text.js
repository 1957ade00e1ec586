// @ts-check
// What a report says, as text: the page and the picture to share say the same, letter by letter.

import { labelOf } from "../feedback/score_colours.js";
import { percent, whole } from "../i18n/formats.js";
import { minutes } from "../connection/playback_position.js";
import { LIMBS } from "../connection/protocol.js";
import {
  changeWords, earlyWords, findingWords, gradeWords, lastWords, partWords, timingWords,
} from "../feedback/sentences.js";
import { words } from "../i18n/words.js";

/** @import { Change } from "../api.js" */
/** @import { Label, Limb, Limbs, Loop, Passage, Summary } from "../connection/protocol.js" */

const PARTS = /** @type {const} */ (["shape", "timing", "energy"]);

/**
 * @typedef {{ id: typeof PARTS[number], name: string, value: number | null, text: string,
 *   change: string }} Part  `value`: 0..100; `change`: "+3", "" where it is not known
 * @typedef {{ passage: Loop, place: string, text: string, label: Label }} Stretch
 * @typedef {{ limb: Limb, name: string, value: number | null, text: string }} LimbRow
 * @typedef {{ grade: string, score: string, value: number | null, label: Label | "",
 *   verdict: string, found: string, parts: Part[], facts: [name: string, text: string][], early: string,
 *   best: Stretch[], worst: Stretch[], noWorst: string, limbs: LimbRow[], change: string }} Figures
 */

/**
 * @param {Summary} summary
 * @param {{ reason: string, before: number | null, change: Change | null }} about `before`: the last
 *   score that this browser knows; `change`: what the server knows of it, which is more
 * @returns {Figures}
 */
export function figuresOf(summary, { reason, before, change }) {
  const { score, grade, coverage } = summary;
  return {
    grade: letterOf(grade),
    score: points(score),
    value: score,
    label: grade === null || score === null ? "" : labelOf(score),
    verdict: gradeWords(grade),
    found: (summary.findings ?? []).map(findingWords).join(" "),
    parts: PARTS.map((id) => ({
      id, name: words.report.parts[id], value: summary[id], text: points(summary[id]),
      change: compares(summary, change) ? signed(change?.[id] ?? null) : "",
    })),
    facts: [
      [words.report.inView, coverage === null ? words.report.unknown : percent(coverage)],
      [words.report.moved, timingWords(summary.lag_ms)],
      [words.report.moments, momentWords(summary)],
      [words.report.sides, words.report.mirror[summary.mirror]],
    ],
    early: summary.complete ? "" : earlyWords(reason),
    best: summary.best.map(stretch),
    worst: toWorkOn(summary).map(stretch),
    noWorst: words.report[summary.worst.length ? "allPerfect" : "none"],
    limbs: limbRows(summary.limbs),
    change: changed(summary, before, change),
  };
}

/** The worst passages, without those that were called perfect. @param {Pick<Summary, "worst">} summary */
export const toWorkOn = ({ worst }) => worst.filter(({ score }) => labelOf(score) !== "perfect");

/** A grade that is a letter; the lowest one is words. @param {string | null} grade */
export const letterOf = (grade) => (grade === null || grade.length > 2 ? "" : grade);

/** @param {number | null} value 0..100 */
const points = (value) => (value === null ? words.report.unknown : whole(value));

/** @param {Summary} summary */
const momentWords = ({ samples, dropped }) =>
  words.report.momentsOf(whole(samples), dropped ? whole(dropped) : "");

/** @param {number | null} by points */
function signed(by) {
  if (by === null) return "";
  const rounded = Math.round(by);
  return rounded > 0 ? `+${rounded}` : rounded < 0 ? `−${-rounded}` : "±0";
}

/** Only what was danced to the end can be compared. @param {Summary} summary @param {Change | null} change */
const compares = ({ complete }, change) => complete && (change?.since.complete ?? false);

/** @param {Summary} summary @param {number | null} before @param {Change | null} change */
function changed(summary, before, change) {
  if (!change) {
    if (summary.score === null || before === null) return "";
    return changeWords(Math.round(summary.score) - Math.round(before));
  }
  const { score, complete } = change.since;
  if (compares(summary, change) && change.score !== null) return changeWords(Math.round(change.score));
  return score === null ? "" : lastWords(Math.round(score), complete);
}

/** @param {Passage} passage @returns {Stretch} */
const stretch = ({ from_s, to_s, score }) => ({
  passage: [from_s, to_s], place: `${minutes(from_s)} – ${minutes(to_s)}`, text: points(score),
  label: labelOf(score),
});

/** Weakest first, for that is what to work on. @param {Limbs} limbs @returns {LimbRow[]} */
function limbRows(limbs) {
  const rows = LIMBS.map((limb) => ({ limb, value: limbs[limb] ?? null }))
    .sort((a, b) => (a.value ?? 2) - (b.value ?? 2));
  return rows.map(({ limb, value }) => ({
    limb, name: partWords(limb), value,
    text: value === null ? words.report.notSeen : whole(value * 100),
  }));
}
