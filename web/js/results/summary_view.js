// @ts-check
// The report: the grade and its parts, the best and worst passages, and what to do next.

import { findPart, make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { labelOf, limbColour } from "../feedback/score_colours.js";
import { words } from "../i18n/words.js";
import { createReportText } from "./report_text.js";
import { limbFigure, onPlotWidthChange, timelinePlot } from "./score_plot.js";
import { ShareButtons } from "./share_buttons.js";

/** @import { Lesson, ScoreChange } from "../api.js" */
/** @import { Loop, Summary } from "../connection/protocol.js" */
/** @import { LimbRow, MeasureText, PassageText, ReportText } from "./report_text.js" */

/**
 * @typedef {{ lesson: Lesson, lastScore: number | null, reason: string, change?: ScoreChange | null,
 *   learner?: string | null, at_s?: number | null, isLessonDeleted?: boolean,
 *   canShowHistory?: boolean }} SummaryContext
 */

/**
 * Emits `practise` with the passage to practise.
 * @extends {Emitter<{ again: void, leave: void, history: void, practise: Loop }>}
 */
export class SummaryView extends Emitter {
  #root;
  #shareButtons;
  /** @type {{ summary: Summary, context: SummaryContext } | null} */
  #shown = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#shareButtons = new ShareButtons(findPart(root, "share", HTMLElement));
    onPlotWidthChange(() => this.#drawTimeline());
    for (const [name, event] of /** @type {const} */ ([
      ["again", "again"], ["leave", "leave"], ["look", "history"],
    ])) {
      findPart(root, name, HTMLButtonElement).addEventListener("click", () => this.emit(event));
    }
  }

  /** @param {Summary} summary @param {SummaryContext} context */
  show(summary, context) {
    this.#shown = { summary, context };
    findPart(this.#root, "again", HTMLElement).hidden = Boolean(context.isLessonDeleted);
    findPart(this.#root, "look", HTMLElement).hidden = !context.canShowHistory;
    const text = this.#showComparison(summary, context);
    this.#setText("lesson", context.lesson.title);
    this.#showScore(text);
    this.#setText("verdict", text.verdict);
    this.#setText("found", text.findings);
    this.#fill("facts", text.facts.flatMap(factElements));
    this.#drawTimeline();
    this.#fill("best", this.#passageItems(text.best, words.report.none));
    this.#fill("worst", this.#passageItems(text.worst, text.noWorst));
    this.#fill("figure", [limbFigure(summary.limbs)]);
    this.#fill("limbs", text.limbs.map(limbRow));
    findPart(this.#root, "lesson", HTMLElement).focus();
  }

  #drawTimeline() {
    if (!this.#shown) return;
    const { summary, context } = this.#shown;
    this.#fill("timeline", summary.timeline.length
      ? [timelinePlot(summary, context.lesson)]
      : [make("p", { class: "quiet" }, [words.report.tooShort])]);
  }

  /** The server knows the change since the last time. @param {ScoreChange | null} change */
  showChange(change) {
    if (!this.#shown) return;
    this.#shown.context = { ...this.#shown.context, change };
    this.#showComparison(this.#shown.summary, this.#shown.context);
  }

  /** Shows what depends on the last time. @param {Summary} summary @param {SummaryContext} context */
  #showComparison(summary, context) {
    const text = createReportText(summary, { change: null, ...context });
    this.#setText("change", `${text.endReason} ${text.change}`.trim());
    this.#fill("parts", text.measures.map(measureBar));
    this.#shareButtons.setReport({
      text, summary, lesson: context.lesson, learner: context.learner ?? "",
      at_s: context.at_s ?? Date.now() / 1000,
    });
    return text;
  }

  /** @param {ReportText} text */
  #showScore({ score, grade, value, label }) {
    this.#setText("grade", grade);
    this.#setText("score", score);
    findPart(this.#root, "dial", HTMLElement).dataset.label = label;
    findPart(this.#root, "ring", SVGCircleElement).style.strokeDashoffset = String(100 - (value ?? 0));
  }

  /** @param {string} name @param {string} text */
  #setText(name, text) {
    findPart(this.#root, name, HTMLElement).textContent = text;
  }

  /** @param {string} name @param {Node[]} children */
  #fill(name, children) {
    findPart(this.#root, name, HTMLElement).replaceChildren(...children);
  }

  /** @param {PassageText[]} passages @param {string} none the text if there are none */
  #passageItems(passages, none) {
    if (!passages.length) return [make("li", { class: "quiet" }, [none])];
    return passages.map((passage) => make("li", {}, [
      make("span", {}, [passage.place]),
      make("strong", { class: `tint ${passage.label}` }, [passage.text]),
      ...(this.#shown?.context.isLessonDeleted ? [] : [this.#practiseButton(passage)]),
    ]));
  }

  /** @param {PassageText} passage */
  #practiseButton({ passage, place }) {
    const title = words.report.practisePlace(place);
    const button = make("button", { type: "button", class: "small", title, "aria-label": title }, [words.report.practise]);
    button.addEventListener("click", () => this.emit("practise", passage));
    return button;
  }
}

/** @param {MeasureText} measure */
function measureBar({ id, name, value, text, change }) {
  const bar = make("span", { class: `bar-fill ${value === null ? "" : labelOf(value)}` });
  bar.style.width = `${value ?? 0}%`;
  return make("div", { class: "measure", "data-measure": id }, [
    make("span", {}, [name]),
    make("span", { class: "bar" }, [bar]),
    make("strong", {}, [text]),
    make("span", { class: "quiet change" }, [change]),
  ]);
}

/** @param {[name: string, value: string]} fact */
const factElements = ([name, value]) => [make("dt", {}, [name]), make("dd", {}, [value])];

/** @param {LimbRow} row */
function limbRow({ name, value, text }) {
  const dot = make("span", { class: "dot" });
  dot.style.background = limbColour(value);
  return make("tr", {}, [
    make("th", { scope: "row" }, [dot, name]),
    make("td", {}, [text]),
  ]);
}
