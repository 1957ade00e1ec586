// @ts-check
// Two pictures of a round: the score over time, above the lesson's own pictures, and the body by limb.

import { thumbnailsUrl } from "../api.js";
import { LABEL_COLOURS, labelOf, limbColour } from "../feedback/score_colours.js";
import { draw } from "../dom.js";
import { toWorkOn } from "./report_text.js";
import { minutes } from "../connection/playback_position.js";
import { partWords } from "../feedback/sentences.js";
import { stripOf } from "./thumbnail_strip.js";
import { words } from "../i18n/words.js";

/** @import { Lesson } from "../api.js" */
/** @import { Limb, Limbs, Summary } from "../connection/protocol.js" */

const NARROW = matchMedia("(max-width: 600px)");
const LEFT = 52, RIGHT = 6, BOTTOM = 22, TOP = 16;
const CURVE = 162, STRIP = 84, GAP = 8; // heights

/** How wide to draw: on a phone text and pictures would shrink too far. */
export const plotWidth = () => (NARROW.matches ? 400 : 720);

/** Calls when plots should be drawn anew: a phone was turned. @param {() => void} redraw */
export const whenTurned = (redraw) => NARROW.addEventListener("change", redraw);

/** @typedef {{ x: number, y: number, score: number }} Dot */

/** How long a round's time line is. @param {Summary["timeline"]} timeline @param {number} duration_s */
export const lastOf = (timeline, duration_s) =>
  Math.max(duration_s, ...timeline.map(([at_s]) => at_s), 1);

/**
 * The score over the lesson, with the best and worst passages marked; gaps where it is not known.
 * @param {Summary} summary @param {Lesson} lesson
 */
export function timelinePlot(summary, lesson) {
  const { timeline, best } = summary;
  const worst = toWorkOn(summary);
  const width = plotWidth();
  const last_s = lastOf(timeline, lesson.duration_s);
  const x = (/** @type {number} */ at_s) => LEFT + (width - LEFT - RIGHT) * (at_s / last_s);
  const y = (/** @type {number} */ score) => TOP + CURVE * (1 - score / 100);
  const floor = y(0);
  const foot = lesson.thumbnails ? floor + GAP + STRIP : floor;
  const plot = draw("svg", {
    viewBox: `0 0 ${width} ${foot + BOTTOM}`, class: "plot", role: "img",
    "aria-label": words.report.timelineOf(timeline.length, minutes(last_s)),
  });
  plot.append(...strip(lesson, x(lesson.duration_s) - LEFT, floor + GAP));
  for (const [passages, name] of /** @type {const} */ ([[best, "best"], [worst, "worst"]])) {
    plot.append(...passages.map(({ from_s, to_s }) => draw("rect", {
      class: `band ${name}`, x: x(from_s), width: Math.max(2, x(to_s) - x(from_s)), y: TOP,
      height: foot - TOP, rx: 4,
    })));
  }
  plot.append(...scale(y, width));
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    const anchor = part === 0 ? "start" : part === 1 ? "end" : "middle";
    plot.append(draw("text", {
      class: "tick", x: x(last_s * part), y: foot + BOTTOM - 4, "text-anchor": anchor,
    }, [minutes(last_s * part)]));
  }
  for (const run of runs(timeline)) {
    const dots = run.map(([at_s, score]) => ({ x: x(at_s), y: y(score), score }));
    plot.append(...strokes(dots, floor));
  }
  return plot;
}

/** Lines at 0, 50 and 100. @param {(score: number) => number} y @param {number} width */
export const scale = (y, width) =>
  [0, 50, 100].flatMap((score) => [
    draw("line", { class: "rule", x1: LEFT, x2: width, y1: y(score), y2: y(score) }),
    draw("text", { class: "tick", x: LEFT - 8, y: y(score) + 4, "text-anchor": "end" }, [String(score)]),
  ]);

/** The lesson's pictures, each below its time. @param {Lesson} lesson @param {number} width @param {number} top */
function strip({ id, duration_s, thumbnails }, width, top) {
  if (!thumbnails) return [];
  const [wide, tall] = [thumbnails.columns * thumbnails.width, thumbnails.rows * thumbnails.height];
  return stripOf(thumbnails, duration_s, width, STRIP).map((tile) => draw("svg", {
    class: "thumbnail", x: LEFT + tile.x, y: top, width: tile.width, height: STRIP,
    viewBox: `${tile.fromX} ${tile.fromY} ${tile.fromWidth} ${tile.fromHeight}`,
    preserveAspectRatio: "xMidYMid slice",
  }, [draw("image", { href: thumbnailsUrl(id), width: wide, height: tall })]));
}

/** The timeline cut where the score is not known. @param {Summary["timeline"]} timeline */
export function runs(timeline) {
  /** @type {[number, number][][]} */
  const cut = [[]];
  for (const [at_s, score] of timeline) {
    if (score === null) cut.push([]);
    else cut[cut.length - 1].push([at_s, score]);
  }
  return cut.filter((run) => run.length > 0);
}

/** A soft area below, and a line in the colour of each moment's label. @param {Dot[]} dots @param {number} floor */
function strokes(dots, floor) {
  const points = dots.map((dot) => `${dot.x},${dot.y}`).join(" ");
  const [first, last] = [dots[0], dots[dots.length - 1]];
  const area = draw("polygon", {
    class: "area", points: `${first.x},${floor} ${points} ${last.x},${floor}`,
  });
  const lines = dots.slice(1).map((dot, i) => draw("line", {
    class: "curve", x1: dots[i].x, y1: dots[i].y, x2: dot.x, y2: dot.y,
    stroke: LABEL_COLOURS[labelOf((dot.score + dots[i].score) / 2)],
  }));
  const lone = dots.length === 1
    ? [draw("circle", { cx: first.x, cy: first.y, r: 3, fill: LABEL_COLOURS[labelOf(first.score)] })]
    : [];
  return [area, ...lines, ...lone];
}

/** Seen as in a mirror: the learner's left is on the left. @type {Record<Limb, [number, number, number, number]>} */
export const FIGURE = {
  torso: [60, 58, 60, 104], shoulders: [42, 58, 78, 58], head: [60, 46, 60, 30],
  left_upper_arm: [42, 58, 30, 84], left_forearm: [30, 84, 22, 110],
  right_upper_arm: [78, 58, 90, 84], right_forearm: [90, 84, 98, 110],
  left_thigh: [54, 106, 48, 144], left_shin: [48, 144, 45, 182],
  right_thigh: [66, 106, 72, 144], right_shin: [72, 144, 75, 182],
};

/** A small body with each limb in its colour. @param {Limbs} limbs */
export function limbFigure(limbs) {
  const lines = Object.entries(FIGURE).map(([limb, [x1, y1, x2, y2]]) => {
    const value = limbs[/** @type {Limb} */ (limb)] ?? null;
    const stroke = limbColour(value);
    const title = draw("title", {}, [partWords(limb)]);
    return limb === "head"
      ? draw("circle", { cx: 60, cy: 28, r: 13, fill: stroke }, [title])
      : draw("line", { x1, y1, x2, y2, stroke, "stroke-width": 9, "stroke-linecap": "round" }, [title]);
  });
  return draw("svg", { viewBox: "8 8 104 182", class: "figure", "aria-hidden": "true" }, lines);
}
