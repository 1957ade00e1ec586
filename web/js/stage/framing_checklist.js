// @ts-check
// The list beside the Start button: what the server reports about where the learner stands.

import { make } from "../dom.js";
import { words } from "../i18n/words.js";

/** @typedef {keyof typeof words.live.framing} FramingProblem */

/** The problems that belong to each point of the list. @type {[keyof typeof words.live.points, FramingProblem[]][]} */
const POINTS = [
  ["whole", ["nobody", "upside_down", "near", "head", "feet", "aside_left", "aside_right", "hands"]],
  ["distance", ["near", "far"]],
  ["alone", ["crowd", "strangers"]],
  ["light", ["dark"]],
];

/** A sentence about the worst problem; null if there is none. @param {string[]} problems the worst first */
export function framingAdvice(problems) {
  const { framing } = words.live;
  const known = problems.find((problem) => Object.hasOwn(framing, problem));
  return known ? framing[/** @type {FramingProblem} */ (known)] : null;
}

/** @param {readonly string[]} about @param {string[] | null} problems @returns {"good" | "bad" | "unknown"} */
export function pointState(about, problems) {
  if (!problems) return "unknown";
  if (about.some((problem) => problems.includes(problem))) return "bad";
  return problems.includes("nobody") && !about.includes("dark") ? "unknown" : "good";
}

export class FramingChecklist {
  /** @type {{ about: readonly string[], item: HTMLElement, state: HTMLElement }[]} */
  #points;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#points = POINTS.map(([point, about]) => {
      const state = make("span", { class: "hidden" });
      const text = make("span", { "data-i18n": `live.points.${point}` });
      return { about, state, item: make("li", { "data-point": point }, [text, state]) };
    });
    list.replaceChildren(...this.#points.map(({ item }) => item));
    this.show(null);
  }

  /** @param {number} dancers how many are expected */
  setDancers(dancers) {
    const text = this.#points.find(({ item }) => item.dataset.point === "alone")?.item.firstElementChild;
    text?.setAttribute("data-i18n", dancers > 1 ? "live.points.nobodyElse" : "live.points.alone");
    if (text) text.textContent = dancers > 1 ? words.live.points.nobodyElse : words.live.points.alone;
  }

  /** @param {string[] | null} problems null: not known */
  show(problems) {
    for (const { about, item, state } of this.#points) {
      const is = pointState(about, problems);
      item.dataset.is = is;
      state.textContent = `: ${words.live.pointIs[is]}`;
    }
  }
}
