// @ts-check
// Beside the Start button: what the server says of where the learner stands, point by point.

import { make } from "./dom.js";
import { FRAMING, FRAMING_POINTS, FRAMING_STATES } from "./words_stage.js";

/** @import { FramingProblem } from "./words_stage.js" */

/** The gravest problem in words; null where there is none. @param {string[]} problems */
export function framingAdvice(problems) {
  const known = problems.find((problem) => Object.hasOwn(FRAMING, problem));
  return known ? FRAMING[/** @type {FramingProblem} */ (known)] : null;
}

/** @param {readonly string[]} about @param {string[] | null} problems @returns {"good" | "bad" | "unknown"} */
export function pointState(about, problems) {
  if (!problems) return "unknown";
  if (about.some((problem) => problems.includes(problem))) return "bad";
  return problems.includes("nobody") && !about.includes("dark") ? "unknown" : "good";
}

export class FramingView {
  /** @type {{ about: readonly string[], item: HTMLElement, state: HTMLElement }[]} */
  #points;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#points = FRAMING_POINTS.map(({ point, text, about }) => {
      const state = make("span", { class: "hidden" });
      return { about, state, item: make("li", { "data-point": point }, [text, state]) };
    });
    list.replaceChildren(...this.#points.map(({ item }) => item));
    this.show(null);
  }

  /** @param {string[] | null} problems null: not known */
  show(problems) {
    for (const { about, item, state } of this.#points) {
      const is = pointState(about, problems);
      item.dataset.is = is;
      state.textContent = `: ${FRAMING_STATES[is]}`;
    }
  }
}
