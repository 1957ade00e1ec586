// @ts-check
// Two pictures of a round: the score over time, and the body by limb.

import { LABEL_COLOURS, labelOf, limbColour } from "./colours.js";
import { draw } from "./dom.js";
import { minutes } from "./position.js";
import { limbWords } from "./words.js";

/** @import { Limb, Limbs, Summary } from "./protocol.js" */

const WIDTH = 720, HEIGHT = 200, LEFT = 44, BOTTOM = 22, TOP = 16;

/** @typedef {{ x: number, y: number, score: number }} Dot */

/**
 * The score over the lesson, with the best and worst passages marked; gaps where it is not known.
 * @param {Summary} summary @param {number} duration_s
 */
export function timelinePlot({ timeline, best, worst }, duration_s) {
  const last_s = Math.max(duration_s, ...timeline.map(([at_s]) => at_s), 1);
  const x = (/** @type {number} */ at_s) => LEFT + (WIDTH - LEFT - 6) * (at_s / last_s);
  const y = (/** @type {number} */ score) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - score / 100);
  const floor = y(0);
  const plot = draw("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot", role: "img",
    "aria-label": `Score over the lesson: ${timeline.length} moments, ${minutes(last_s)} long`,
  });
  for (const [passages, name] of /** @type {const} */ ([[best, "best"], [worst, "worst"]])) {
    plot.append(...passages.map(({ from_s, to_s }) => draw("rect", {
      class: `band ${name}`, x: x(from_s), width: Math.max(2, x(to_s) - x(from_s)), y: TOP,
      height: floor - TOP, rx: 4,
    })));
  }
  for (const score of [0, 50, 100]) {
    plot.append(
      draw("line", { class: "rule", x1: LEFT, x2: WIDTH, y1: y(score), y2: y(score) }),
      draw("text", { class: "tick", x: LEFT - 8, y: y(score) + 4, "text-anchor": "end" }, [String(score)]),
    );
  }
  for (const part of [0, 0.25, 0.5, 0.75, 1]) {
    const anchor = part === 0 ? "start" : part === 1 ? "end" : "middle";
    plot.append(draw("text", {
      class: "tick", x: x(last_s * part), y: HEIGHT - 4, "text-anchor": anchor,
    }, [minutes(last_s * part)]));
  }
  for (const run of runs(timeline)) {
    const dots = run.map(([at_s, score]) => ({ x: x(at_s), y: y(score), score }));
    plot.append(...strokes(dots, floor));
  }
  return plot;
}

/** The timeline cut where the score is not known. @param {Summary["timeline"]} timeline */
function runs(timeline) {
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
const FIGURE = {
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
    const title = draw("title", {}, [limbWords(limb)]);
    return limb === "head"
      ? draw("circle", { cx: 60, cy: 28, r: 13, fill: stroke }, [title])
      : draw("line", { x1, y1, x2, y2, stroke, "stroke-width": 9, "stroke-linecap": "round" }, [title]);
  });
  return draw("svg", { viewBox: "8 8 104 182", class: "figure", "aria-hidden": "true" }, lines);
}
