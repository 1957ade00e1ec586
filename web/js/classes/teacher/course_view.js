// @ts-check
// The class over time as a plot, and the passage where most fail.

import { make, makeSvg } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { LABEL_COLOURS, labelOf } from "../../feedback/score_colours.js";
import { formatClock, formatInteger } from "../../i18n/formats.js";
import { words } from "../../i18n/words.js";
import { placeText } from "../class_texts.js";

/** @import { Loop } from "../../connection/protocol.js" */
/** @import { HardPassage } from "../class_messages.js" */

const WIDTH = 360, HEIGHT = 130, LEFT = 30, BOTTOM = 18, TOP = 8;

/**
 * Emits `practise` with the passage to repeat.
 * @extends {Emitter<{ practise: Loop }>}
 */
export class CourseView extends Emitter {
  element;
  #mean = make("p", { class: "class-mean", "data-part": "class-mean" });
  #plot = make("div", { "data-part": "class-course" });
  #hardest = make("p", { "data-part": "class-hardest" });
  #practise = make("button", { type: "button", class: "small", hidden: "", "data-part": "class-practise", "data-i18n": "classes.practise" });
  /** @type {HardPassage | null} */
  #passage = null;

  constructor() {
    super();
    this.#practise.addEventListener("click", () => {
      if (this.#passage) this.emit("practise", [this.#passage.from_s, this.#passage.to_s]);
    });
    this.element = make("section", { class: "block class-course" }, [
      make("h3", { "data-i18n": "classes.overTime" }), this.#mean, this.#plot, this.#hardest, this.#practise,
    ]);
  }

  /**
   * @param {[number, number][]} timeline @param {HardPassage | null} hardest @param {number | null} mean
   * @param {number} end_s of the lesson, or of what has been danced @param {boolean} canRepeat
   */
  show(timeline, hardest, mean, end_s, canRepeat) {
    this.#passage = hardest;
    this.#mean.textContent = mean === null ? "" : words.classes.mean(formatInteger(mean));
    this.#plot.replaceChildren(timeline.length ? coursePlot(timeline, hardest, end_s)
      : make("p", { class: "quiet" }, [words.classes.notYet]));
    this.#hardest.textContent = hardest ? words.classes.hardest(
      placeText(hardest.from_s, hardest.to_s), formatInteger(hardest.failing), formatInteger(hardest.of)) : "";
    this.#practise.hidden = !hardest || !canRepeat;
  }
}

/**
 * @param {[number, number][]} timeline mean scores by the second
 * @param {{ from_s: number, to_s: number } | null} hardest which is marked @param {number} end_s
 */
export function coursePlot(timeline, hardest, end_s) {
  const last_s = Math.max(end_s, ...timeline.map(([at_s]) => at_s + 1), 1);
  const x = (/** @type {number} */ at_s) => LEFT + (WIDTH - LEFT) * Math.min(1, at_s / last_s);
  const y = (/** @type {number} */ score) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - score / 100);
  const plot = makeSvg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "plot", role: "img", "aria-label": words.classes.overTime,
  });
  if (hardest) {
    plot.append(makeSvg("rect", {
      class: "band worst", x: x(hardest.from_s), y: TOP, rx: 3,
      width: Math.max(3, x(hardest.to_s) - x(hardest.from_s)), height: y(0) - TOP,
    }));
  }
  for (const score of [0, 50, 100]) {
    plot.append(
      makeSvg("line", { class: "rule", x1: LEFT, x2: WIDTH, y1: y(score), y2: y(score) }),
      makeSvg("text", { class: "tick", x: LEFT - 6, y: y(score) + 4, "text-anchor": "end" }, [String(score)]));
  }
  for (const [at_s, anchor] of /** @type {const} */ ([[0, "start"], [last_s, "end"]])) {
    plot.append(makeSvg("text", { class: "tick", x: x(at_s), y: HEIGHT - 3, "text-anchor": anchor }, [formatClock(at_s)]));
  }
  timeline.forEach(([at_s, score], k) => {
    const before = timeline[k - 1];
    const stroke = LABEL_COLOURS[labelOf(score)];
    const [x1, y1] = before && at_s - before[0] <= 2 ? [x(before[0] + 0.5), y(before[1])] : [x(at_s), y(score)];
    plot.append(makeSvg("line", { class: "curve", x1, y1, x2: x(at_s + 0.5), y2: y(score), stroke }));
  });
  return plot;
}
