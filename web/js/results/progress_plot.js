// @ts-check
// A plot of the scores of one result after another, the oldest at the left.

import { makeSvg } from "../dom.js";
import { LABEL_COLOURS, labelOf } from "../feedback/score_colours.js";
import { formatDateTime, formatInteger } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { plotWidth, scaleLines } from "./score_plot.js";

/** @import { ResultRow } from "../api.js" */

const HEIGHT = 200, LEFT = 60, RIGHT = 18, TOP = 16, BOTTOM = 20;

/** @typedef {{ x: number, y: number, score: number, row: ResultRow }} Dot */

/**
 * A dot for each result. Those of one lesson that were danced to the end are joined by a line; the
 * others are hollow.
 * @param {ResultRow[]} rows the newest first, as the server sends them
 */
export function progressPlot(rows) {
  const scored = rows.filter(({ score }) => score !== null).reverse();
  const width = plotWidth();
  const step = (width - LEFT - RIGHT) / Math.max(1, scored.length - 1);
  const size = Math.max(3, Math.min(7, 0.4 * step)); // smaller if they are close
  const y = (/** @type {number} */ score) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - score / 100);
  const dots = scored.map((row, i) => {
    const score = row.score ?? 0;
    return { x: LEFT + step * i, y: y(score), score, row };
  });
  const finished = dots.filter(({ row }) => row.complete);
  return makeSvg("svg", {
    viewBox: `0 0 ${width} ${HEIGHT}`, class: "plot progress-plot", role: "img",
    "aria-label": words.history.progressOf(
      scored.length, scored.map(({ score }) => formatInteger(score ?? 0)).join(", ")),
  }, [...scaleLines(y, width), ...courseLines(finished), ...dots.map((dot) => circle(dot, size))]);
}

/** A line through the dots of each lesson. @param {Dot[]} dots */
function courseLines(dots) {
  /** @type {Map<string, Dot[]>} */
  const lessons = new Map();
  for (const dot of dots) {
    const { id } = dot.row.lesson;
    lessons.set(id, [...(lessons.get(id) ?? []), dot]);
  }
  return [...lessons.values()].map((course) => makeSvg("polyline", {
    class: "course", points: course.map(({ x, y }) => `${x},${y}`).join(" "),
  }));
}

/** @param {Dot} dot @param {number} size */
function circle({ x, y, score, row }, size) {
  const colour = LABEL_COLOURS[labelOf(score)];
  const title = `${row.lesson.title}, ${formatDateTime(row.ended_at)}: ${formatInteger(score)}`;
  const fill = row.complete ? colour : "none";
  return makeSvg("circle", { class: "attempt", cx: x, cy: y, r: size, fill, stroke: colour }, [
    makeSvg("title", {}, [title]),
  ]);
}
