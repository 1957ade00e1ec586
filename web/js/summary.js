// @ts-check
// How it went: the grade, its parts, where it was best and worst, and what to do next.

import { labelOf, limbColour } from "./colours.js";
import { make, part } from "./dom.js";
import { limbFigure, timelinePlot } from "./plot.js";
import { minutes } from "./position.js";
import { LIMBS } from "./protocol.js";
import { PRACTISE, limbWords, practiseWords, timingWords, verdict } from "./words.js";

/** @import { Limbs, Loop, Passage, Summary } from "./protocol.js" */
/** @typedef {{ title: string, duration_s: number, before: number | null, reason: string }} About */

const MIRRORS = { on: "as in a mirror", off: "same side", auto: "not settled" };

/** Events: `again`, `leave`, `practise` (detail a Loop). */
export class SummaryView extends EventTarget {
  #root;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    for (const name of ["again", "leave"]) {
      part(root, name, HTMLButtonElement)
        .addEventListener("click", () => this.dispatchEvent(new Event(name)));
    }
  }

  /** @param {Summary} summary @param {About} about */
  show(summary, about) {
    this.#say("lesson", about.title);
    this.#dial(summary);
    this.#say("verdict", verdict(summary.grade));
    this.#say("change", [
      summary.complete ? "" : early(about.reason), change(summary.score, about.before),
    ].join(" ").trim());
    this.#fill("parts", [
      measure("Shape", summary.shape), measure("Timing", summary.timing),
      measure("Energy", summary.energy),
    ]);
    this.#fill("facts", [
      ...fact("In view", summary.coverage === null ? "–" : `${Math.round(summary.coverage * 100)} %`),
      ...fact("You moved", timingWords(summary.lag_ms)),
      ...fact("Moments", judged(summary)),
      ...fact("Sides", MIRRORS[summary.mirror]),
    ]);
    this.#fill("timeline", summary.timeline.length
      ? [timelinePlot(summary, about.duration_s)]
      : [make("p", { class: "quiet" }, ["Too short to draw."])]);
    this.#fill("best", this.#passages(summary.best, false));
    this.#fill("worst", this.#passages(summary.worst, true));
    this.#fill("figure", [limbFigure(summary.limbs)]);
    this.#fill("limbs", limbRows(summary.limbs));
    part(this.#root, "lesson", HTMLElement).focus();
  }

  /** @param {Summary} summary */
  #dial({ score, grade }) {
    this.#say("grade", grade === null || grade.length > 2 ? "" : grade);
    this.#say("score", score === null ? "–" : String(Math.round(score)));
    const dial = part(this.#root, "dial", HTMLElement);
    dial.dataset.label = grade === null || score === null ? "" : labelOf(score);
    part(this.#root, "ring", SVGCircleElement).style.strokeDashoffset = String(100 - (score ?? 0));
  }

  /** @param {string} name @param {string} text */
  #say(name, text) {
    part(this.#root, name, HTMLElement).textContent = text;
  }

  /** @param {string} name @param {Node[]} children */
  #fill(name, children) {
    part(this.#root, name, HTMLElement).replaceChildren(...children);
  }

  /** @param {Passage[]} passages @param {boolean} practise */
  #passages(passages, practise) {
    if (!passages.length) return [make("li", { class: "quiet" }, ["None to show."])];
    return passages.map(({ from_s, to_s, score }) => {
      const row = make("li", {}, [
        make("span", {}, [`${minutes(from_s)} – ${minutes(to_s)}`]),
        make("strong", { class: `tint ${labelOf(score)}` }, [String(Math.round(score))]),
      ]);
      if (practise) row.append(this.#practise([from_s, to_s]));
      return row;
    });
  }

  /** @param {Loop} passage */
  #practise(passage) {
    const [from, to] = passage.map(minutes);
    const title = practiseWords(from, to);
    const button = make("button", { type: "button", class: "small", title, "aria-label": title }, [PRACTISE]);
    button.addEventListener("click", () => {
      this.dispatchEvent(new CustomEvent("practise", { detail: passage }));
    });
    return button;
  }
}

/** Why it ended before the end, in the server's words where the learner did not ask. @param {string} reason */
const early = (reason) =>
  reason === "" || reason === "stopped" ? "You stopped before the end." : `It ended early: ${reason}.`;

/** @param {number | null} score @param {number | null} before */
function change(score, before) {
  if (score === null || before === null) return "";
  const by = Math.round(score) - Math.round(before);
  if (by === 0) return "Same as last time.";
  return by > 0 ? `${by} more than last time.` : `${-by} fewer than last time.`;
}

/** @param {Summary} summary */
const judged = ({ samples, dropped }) => (dropped ? `${samples}, ${dropped} skipped` : `${samples}`);

/** @param {string} name @param {number | null} value 0..100 */
function measure(name, value) {
  const bar = make("span", { class: `bar-fill ${value === null ? "" : labelOf(value)}` });
  bar.style.width = `${value ?? 0}%`;
  return make("div", { class: "measure" }, [
    make("span", {}, [name]),
    make("span", { class: "bar" }, [bar]),
    make("strong", {}, [value === null ? "–" : String(Math.round(value))]),
  ]);
}

/** @param {string} name @param {string} value */
const fact = (name, value) => [make("dt", {}, [name]), make("dd", {}, [value])];

/** Weakest first, for that is what to work on. @param {Limbs} limbs */
function limbRows(limbs) {
  const rows = LIMBS.map((limb) => ({ limb, value: limbs[limb] ?? null }))
    .sort((a, b) => (a.value ?? 2) - (b.value ?? 2));
  return rows.map(({ limb, value }) => {
    const dot = make("span", { class: "dot" });
    dot.style.background = limbColour(value);
    return make("tr", {}, [
      make("th", { scope: "row" }, [dot, limbWords(limb)]),
      make("td", {}, [value === null ? "not seen" : `${Math.round(value * 100)}`]),
    ]);
  });
}
