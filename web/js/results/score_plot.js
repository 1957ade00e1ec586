// @ts-check
// Two plots of an attempt: the score over time above the lesson's thumbnails, and the body by limb.

import { thumbnailsUrl } from "../api.js";
import { makeSvg } from "../dom.js";
import { LABEL_COLOURS, labelOf, limbColour } from "../feedback/score_colours.js";
import { partName } from "../feedback/sentences.js";
import { formatClock } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { passagesToWorkOn } from "./report_text.js";
import { thumbnailTiles } from "./thumbnail_strip.js";

/** @import { Lesson } from "../api.js" */
/** @import { Limb, Limbs, Summary } from "../connection/protocol.js" */

const NARROW = matchMedia("(max-width: 600px)");
const LEFT = 52, RIGHT = 6, BOTTOM = 22, TOP = 16;
const CURVE_HEIGHT = 162, STRIP_HEIGHT = 84, GAP = 8;

/** The width to draw at: a wide plot would shrink too far on a phone. */
export const plotWidth = () => (NARROW.matches ? 400 : 720);

/** Calls back when `plotWidth` changes, because a phone was turned. @param {() => void} redraw */
export const onPlotWidthChange = (redraw) => NARROW.addEventListener("change", redraw);

/** @typedef {{ x: number, y: number, score: number }} Dot */

/** The time at which the timeline ends. @param {Summary["timeline"]} timeline @param {number} duration_s */
export const timelineEnd_s = (timeline, duration_s) =>
  Math.max(duration_s, ...timeline.map(([at_s]) => at_s), 1);

/**
 * The score over the lesson, with the best and worst passages marked, and gaps where it is not known.
 * @param {Summary} summary @param {Lesson} lesson
 */
export function timelinePlot(summary, lesson) {
  const { timeline, best } = summary;
  const worst = passagesToWorkOn(summary);
  const width = plotWidth();
  const end_s = timelineEnd_s(timeline, lesson.duration_s);
  const x = (/** @type {number} */ at_s) => LEFT + (width - LEFT - RIGHT) * (at_s / end_s);
  const y = (/** @type {number} */ score) => TOP + CURVE_HEIGHT * (1 - score / 100);
  const curveBottom = y(0);
  const bottom = lesson.thumbnails ? curveBottom + GAP + STRIP_HEIGHT : curveBottom;
  const plot = makeSvg("svg", {
    viewBox: `0 0 ${width} ${bottom + BOTTOM}`, class: "plot", role: "img",
    "aria-label": words.report.timelineOf(timeline.length, formatClock(end_s)),
  });
  plot.append(...thumbnails(lesson, x(lesson.duration_s) - LEFT, curveBottom + GAP));
  for (const [passages, name] of /** @type {const} */ ([[best, "best"], [worst, "worst"]])) {
    plot.append(...passages.map(({ from_s, to_s }) => makeSvg("rect", {
      class: `band ${name}`, x: x(from_s), width: Math.max(2, x(to_s) - x(from_s)), y: TOP,
      height: bottom - TOP, rx: 4,
    })));
  }
  plot.append(...scaleLines(y, width));
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const anchor = share === 0 ? "start" : share === 1 ? "end" : "middle";
    plot.append(makeSvg("text", {
      class: "tick", x: x(end_s * share), y: bottom + BOTTOM - 4, "text-anchor": anchor,
    }, [formatClock(end_s * share)]));
  }
  for (const run of scoredRuns(timeline)) {
    const dots = run.map(([at_s, score]) => ({ x: x(at_s), y: y(score), score }));
    plot.append(...curve(dots, curveBottom));
  }
  return plot;
}

/** Lines at 0, 50 and 100. @param {(score: number) => number} y @param {number} width */
export const scaleLines = (y, width) =>
  [0, 50, 100].flatMap((score) => [
    makeSvg("line", { class: "rule", x1: LEFT, x2: width, y1: y(score), y2: y(score) }),
    makeSvg("text", { class: "tick", x: LEFT - 8, y: y(score) + 4, "text-anchor": "end" }, [String(score)]),
  ]);

/** The lesson's thumbnails, each below its time. @param {Lesson} lesson @param {number} width @param {number} top */
function thumbnails({ id, duration_s, thumbnails: sprite }, width, top) {
  if (!sprite) return [];
  const [spriteWidth, spriteHeight] = [sprite.columns * sprite.width, sprite.rows * sprite.height];
  return thumbnailTiles(sprite, duration_s, width, STRIP_HEIGHT).map((tile) => makeSvg("svg", {
    class: "thumbnail", x: LEFT + tile.x, y: top, width: tile.width, height: STRIP_HEIGHT,
    viewBox: `${tile.fromX} ${tile.fromY} ${tile.fromWidth} ${tile.fromHeight}`,
    preserveAspectRatio: "xMidYMid slice",
  }, [makeSvg("image", { href: thumbnailsUrl(id), width: spriteWidth, height: spriteHeight })]));
}

/** The timeline in pieces, without the moments whose score is not known. @param {Summary["timeline"]} timeline */
export function scoredRuns(timeline) {
  /** @type {[number, number][][]} */
  const runs = [[]];
  for (const [at_s, score] of timeline) {
    if (score === null) runs.push([]);
    else runs[runs.length - 1].push([at_s, score]);
  }
  return runs.filter((run) => run.length > 0);
}

/** A line in the colour of each moment's label, with an area below. @param {Dot[]} dots @param {number} bottom */
function curve(dots, bottom) {
  const points = dots.map((dot) => `${dot.x},${dot.y}`).join(" ");
  const [first, last] = [dots[0], dots[dots.length - 1]];
  const area = makeSvg("polygon", {
    class: "area", points: `${first.x},${bottom} ${points} ${last.x},${bottom}`,
  });
  const lines = dots.slice(1).map((dot, i) => makeSvg("line", {
    class: "curve", x1: dots[i].x, y1: dots[i].y, x2: dot.x, y2: dot.y,
    stroke: LABEL_COLOURS[labelOf((dot.score + dots[i].score) / 2)],
  }));
  const single = dots.length === 1
    ? [makeSvg("circle", { cx: first.x, cy: first.y, r: 3, fill: LABEL_COLOURS[labelOf(first.score)] })]
    : [];
  return [area, ...lines, ...single];
}

/** The line of each limb, as in a mirror: the learner's left is on the left. @type {Record<Limb, [number, number, number, number]>} */
export const LIMB_LINES = {
  torso: [60, 58, 60, 104], shoulders: [42, 58, 78, 58], head: [60, 46, 60, 30],
  left_upper_arm: [42, 58, 30, 84], left_forearm: [30, 84, 22, 110],
  right_upper_arm: [78, 58, 90, 84], right_forearm: [90, 84, 98, 110],
  left_thigh: [54, 106, 48, 144], left_shin: [48, 144, 45, 182],
  right_thigh: [66, 106, 72, 144], right_shin: [72, 144, 75, 182],
};

/** A small body with each limb in its colour. @param {Limbs} limbs */
export function limbFigure(limbs) {
  const lines = Object.entries(LIMB_LINES).map(([limb, [x1, y1, x2, y2]]) => {
    const value = limbs[/** @type {Limb} */ (limb)] ?? null;
    const stroke = limbColour(value);
    const title = makeSvg("title", {}, [partName(limb)]);
    return limb === "head"
      ? makeSvg("circle", { cx: 60, cy: 28, r: 13, fill: stroke }, [title])
      : makeSvg("line", { x1, y1, x2, y2, stroke, "stroke-width": 9, "stroke-linecap": "round" }, [title]);
  });
  return makeSvg("svg", { viewBox: "8 8 104 182", class: "figure", "aria-hidden": "true" }, lines);
}
