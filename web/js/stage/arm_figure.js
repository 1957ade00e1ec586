// @ts-check
// A figure that raises and lowers its arms evenly, for the learner to follow.

import { makeSvg } from "../dom.js";

const LOWEST_DEG = 15, HIGHEST_DEG = 165; // 0: hanging; docs/protocol.md has the formula
const SHOULDER = { x: 15, y: 46 }; // x from the middle, y from the top
const ARM = 44;

/** @typedef {{ begins_ms: number, period_ms: number, cycles: number }} ArmMotion */

/** How far the arms are raised. @param {number} t_ms @param {ArmMotion} motion @returns {number} degrees */
export function raised_deg(t_ms, { begins_ms, period_ms, cycles }) {
  const cycle = Math.max(0, Math.min(cycles, (t_ms - begins_ms) / period_ms));
  return LOWEST_DEG + (HIGHEST_DEG - LOWEST_DEG) * (1 - Math.cos(2 * Math.PI * cycle)) / 2;
}

export class ArmFigure {
  /** @type {SVGElement[]} */
  #arms;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#arms = [-1, 1].map((side) => makeSvg("line", {
      class: "arm", x1: side * SHOULDER.x, y1: SHOULDER.y, x2: side * SHOULDER.x, y2: SHOULDER.y + ARM,
    }));
    const paths = [-1, 1].map((side) => makeSvg("path", { class: "hand-path", d: handPath(side) }));
    root.replaceChildren(makeSvg("svg", { viewBox: "-70 -12 140 182", "aria-hidden": "true" }, [
      ...paths,
      makeSvg("circle", { class: "head", cx: 0, cy: 24, r: 13 }),
      makeSvg("path", { class: "trunk", d: "M -15 46 L 15 46 L 10 98 L -10 98 Z" }),
      makeSvg("path", { d: "M 10 98 L 14 160 M -10 98 L -14 160" }),
      ...this.#arms,
    ]));
    this.show(LOWEST_DEG);
  }

  /** @param {number} degrees */
  show(degrees) {
    for (const [k, arm] of this.#arms.entries()) {
      const side = k === 0 ? -1 : 1;
      arm.setAttribute("transform", `rotate(${-side * degrees} ${side * SHOULDER.x} ${SHOULDER.y})`);
    }
  }
}

/** The path of a hand, so that the learner sees where it will turn. @param {number} side */
function handPath(side) {
  const at = (/** @type {number} */ degrees) => {
    const angle = (degrees * Math.PI) / 180;
    const [x, y] = [side * (SHOULDER.x + ARM * Math.sin(angle)), SHOULDER.y + ARM * Math.cos(angle)];
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  return `M ${at(LOWEST_DEG)} A ${ARM} ${ARM} 0 0 ${side > 0 ? 0 : 1} ${at(HIGHEST_DEG)}`;
}
