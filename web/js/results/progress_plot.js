// @ts-check
// The scores of one lesson danced after another, oldest at the left.

import { LABEL_COLOURS, labelOf } from "../feedback/score_colours.js";
import { draw } from "../dom.js";
import { dateTime, whole } from "../i18n/formats.js";
import { plotWidth, scale } from "./score_plot.js";
import { words } from "../i18n/words.js";

/** @import { Line } from "../api.js" */

const HEIGHT = 200, LEFT = 60, RIGHT = 18, TOP = 16, BOTTOM = 20;

/** @typedef {{ x: number, y: number, score: number, line: Line }} Dot */

/**
 * A dot each; those of one lesson that were danced to the end are joined, the others are hollow.
 * @param {Line[]} lines newest first, as the server gives them
 */
export function progressPlot(lines) {
  const scored = lines.filter(({ score }) => score !== null).reverse();
  const width = plotWidth();
  const wide = (width - LEFT - RIGHT) / Math.max(1, scored.length - 1);
  const size = Math.max(3, Math.min(7, 0.4 * wide)); // many stand close
  const y = (/** @type {number} */ score) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - score / 100);
  const dots = scored.map((line, i) => {
    const score = line.score ?? 0;
    return { x: LEFT + wide * i, y: y(score), score, line };
  });
  const finished = dots.filter(({ line }) => line.complete);
  return draw("svg", {
    viewBox: `0 0 ${width} ${HEIGHT}`, class: "plot progress-plot", role: "img",
    "aria-label": words.history.progressOf(
      scored.length, scored.map(({ score }) => whole(score ?? 0)).join(", ")),
  }, [...scale(y, width), ...joined(finished), ...dots.map((dot) => mark(dot, size))]);
}

/** @param {Dot[]} dots */
function joined(dots) {
  /** @type {Map<string, Dot[]>} */
  const lessons = new Map();
  for (const dot of dots) {
    const { id } = dot.line.lesson;
    lessons.set(id, [...(lessons.get(id) ?? []), dot]);
  }
  return [...lessons.values()].map((of) => draw("polyline", {
    class: "course", points: of.map(({ x, y }) => `${x},${y}`).join(" "),
  }));
}

/** @param {Dot} dot @param {number} size */
function mark({ x, y, score, line }, size) {
  const colour = LABEL_COLOURS[labelOf(score)];
  const title = `${line.lesson.title}, ${dateTime(line.ended_at)}: ${whole(score)}`;
  const fill = line.complete ? colour : "none";
  return draw("circle", { class: "attempt", cx: x, cy: y, r: size, fill, stroke: colour }, [
    draw("title", {}, [title]),
  ]);
}
