// @ts-check
// The report of a class as rows of a table.

import { formatInteger, formatPercent } from "../../i18n/formats.js";
import { words } from "../../i18n/words.js";
import { limbText, scoreText, timingText } from "../class_texts.js";

/** @import { ReportRow } from "../class_api.js" */

/** @returns {string[]} */
export function headings() {
  const { name, score, late, weakest, inView } = words.classes.report;
  const { shape, timing, energy } = words.report.parts;
  return [name, score, shape, timing, energy, late, weakest, inView];
}

/** What the page shows of one learner. @param {ReportRow} learner @returns {string[]} */
export const shownRow = ({ name, score, shape, timing, energy, lag_ms, weakest, coverage }) => [
  name, scoreText(score), scoreText(shape), scoreText(timing), scoreText(energy), timingText(lag_ms),
  limbText(weakest), coverage === null ? words.report.unknown : formatPercent(coverage),
];

/** The mean of those who have a score. @param {ReportRow[]} learners */
export function meanText(learners) {
  const scores = learners.flatMap(({ score }) => (score === null ? [] : [score]));
  return scores.length ? formatInteger(scores.reduce((sum, score) => sum + score, 0) / scores.length) : words.report.unknown;
}
