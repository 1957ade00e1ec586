// @ts-check
// How it went: the grade, its parts, where it was best and worst, and what to do next.

import { labelOf, limbColour } from "../feedback/score_colours.js";
import { make, part } from "../dom.js";
import { figuresOf } from "./report_text.js";
import { limbFigure, timelinePlot, whenTurned } from "./score_plot.js";
import { Share } from "./share_buttons.js";
import { words } from "../i18n/words.js";

/** @import { Change, Lesson } from "../api.js" */
/** @import { Figures, LimbRow, Part, Stretch } from "./report_text.js" */
/** @import { Summary } from "../connection/protocol.js" */

/**
 * @typedef {{ lesson: Lesson, before: number | null, reason: string, change?: Change | null,
 *   learner?: string | null, at_s?: number | null, gone?: boolean, looks?: boolean }} About
 *   `gone`: the lesson is no longer there to practise; `looks`: there are results to look at
 */

/** Events: `again`, `leave`, `look` (at the results), `practise` (detail a Loop). */
export class SummaryView extends EventTarget {
  #root;
  #share;
  /** @type {{ summary: Summary, about: About } | null} */
  #shown = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#share = new Share(part(root, "share", HTMLElement));
    whenTurned(() => this.#draw());
    for (const name of ["again", "leave", "look"]) {
      part(root, name, HTMLButtonElement)
        .addEventListener("click", () => this.dispatchEvent(new Event(name)));
    }
  }

  /** @param {Summary} summary @param {About} about */
  show(summary, about) {
    this.#shown = { summary, about };
    part(this.#root, "again", HTMLElement).hidden = Boolean(about.gone);
    part(this.#root, "look", HTMLElement).hidden = !about.looks;
    const figures = this.#say(summary, about);
    this.#text("lesson", about.lesson.title);
    this.#dial(figures);
    this.#text("verdict", figures.verdict);
    this.#text("found", figures.found);
    this.#fill("facts", figures.facts.flatMap(fact));
    this.#draw();
    this.#fill("best", this.#stretches(figures.best, words.report.none));
    this.#fill("worst", this.#stretches(figures.worst, figures.noWorst));
    this.#fill("figure", [limbFigure(summary.limbs)]);
    this.#fill("limbs", figures.limbs.map(limbRow));
    part(this.#root, "lesson", HTMLElement).focus();
  }

  #draw() {
    if (!this.#shown) return;
    const { summary, about } = this.#shown;
    this.#fill("timeline", summary.timeline.length
      ? [timelinePlot(summary, about.lesson)]
      : [make("p", { class: "quiet" }, [words.report.tooShort])]);
  }

  /** What the server knows besides: the change since last time. @param {Partial<About>} more */
  compare(more) {
    if (!this.#shown) return;
    this.#shown.about = { ...this.#shown.about, ...more };
    this.#say(this.#shown.summary, this.#shown.about);
  }

  /** What depends on the last time. @param {Summary} summary @param {About} about */
  #say(summary, about) {
    const figures = figuresOf(summary, { change: null, ...about });
    this.#text("change", `${figures.early} ${figures.change}`.trim());
    this.#fill("parts", figures.parts.map(measure));
    this.#share.offer({
      figures, summary, lesson: about.lesson, learner: about.learner ?? "",
      at_s: about.at_s ?? Date.now() / 1000,
    });
    return figures;
  }

  /** @param {Figures} figures */
  #dial({ score, grade, value, label }) {
    this.#text("grade", grade);
    this.#text("score", score);
    part(this.#root, "dial", HTMLElement).dataset.label = label;
    part(this.#root, "ring", SVGCircleElement).style.strokeDashoffset = String(100 - (value ?? 0));
  }

  /** @param {string} name @param {string} text */
  #text(name, text) {
    part(this.#root, name, HTMLElement).textContent = text;
  }

  /** @param {string} name @param {Node[]} children */
  #fill(name, children) {
    part(this.#root, name, HTMLElement).replaceChildren(...children);
  }

  /** @param {Stretch[]} stretches @param {string} none what is said where there are none */
  #stretches(stretches, none) {
    if (!stretches.length) return [make("li", { class: "quiet" }, [none])];
    return stretches.map((stretch) => make("li", {}, [
      make("span", {}, [stretch.place]),
      make("strong", { class: `tint ${stretch.label}` }, [stretch.text]),
      ...(this.#shown?.about.gone ? [] : [this.#practise(stretch)]),
    ]));
  }

  /** @param {Stretch} stretch */
  #practise({ passage, place }) {
    const title = words.report.practisePlace(place);
    const button = make("button", { type: "button", class: "small", title, "aria-label": title }, [words.report.practise]);
    button.addEventListener("click", () => {
      this.dispatchEvent(new CustomEvent("practise", { detail: passage }));
    });
    return button;
  }
}

/** @param {Part} part */
function measure({ id, name, value, text, change }) {
  const bar = make("span", { class: `bar-fill ${value === null ? "" : labelOf(value)}` });
  bar.style.width = `${value ?? 0}%`;
  return make("div", { class: "measure", "data-measure": id }, [
    make("span", {}, [name]),
    make("span", { class: "bar" }, [bar]),
    make("strong", {}, [text]),
    make("span", { class: "quiet by" }, [change]),
  ]);
}

/** @param {[name: string, value: string]} fact */
const fact = ([name, value]) => [make("dt", {}, [name]), make("dd", {}, [value])];

/** @param {LimbRow} row */
function limbRow({ name, value, text }) {
  const dot = make("span", { class: "dot" });
  dot.style.background = limbColour(value);
  return make("tr", {}, [
    make("th", { scope: "row" }, [dot, name]),
    make("td", {}, [text]),
  ]);
}
