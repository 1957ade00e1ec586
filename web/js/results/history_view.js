// @ts-check
// The page of results: progress, the list with its older parts, who is best, taking out, deleting.

import { exportUrl } from "../api.js";
import { labelOf } from "../feedback/score_colours.js";
import { make } from "../dom.js";
import { letterOf } from "./report_text.js";
import { Goodbye } from "../confirm_delete.js";
import { dateTime, whole } from "../i18n/formats.js";
import { whenTurned } from "./score_plot.js";
import { progressPlot } from "./progress_plot.js";
import { words, wordsAt } from "../i18n/words.js";

/** @import { Board, Line } from "../api.js" */

/**
 * Events: `leave`, `pick` (detail a lesson's id, "" for all), `older`, `report` (detail a Line),
 * `retry`, `erase` (it was confirmed).
 */
export class HistoryView extends EventTarget {
  #title = make("h2", { id: "history-title", tabindex: "-1", "data-part": "history-title" });
  #lessons = make("select", { id: "history-lesson", "data-part": "history-lesson" });
  #trouble = make("div", { class: "trouble", role: "alert" });
  #progress = make("div", { "data-part": "progress-plot" });
  #list = make("ul", { class: "results", "data-part": "results" });
  #none = make("p", { class: "quiet", "data-part": "no-results" });
  #older = make("button", { type: "button", "data-part": "older", "data-say": "history.older" });
  #board = make("ol", { class: "board", "data-part": "board" });
  #boardNone = make("p", { class: "quiet", "data-part": "no-board" });
  #own = make("section", { class: "block", "data-part": "own" });
  #progressBlock;
  #listBlock;
  /** @type {Line[]} */
  #lines = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#progressBlock = block("history.progress", "wide", [this.#progress]);
    this.#listBlock = block("history.list", "", [this.#none, this.#list, this.#older]);
    root.replaceChildren(
      make("header", { class: "history-head" }, [this.#button("leave", "history.back", "plain"), this.#title]),
      make("p", { class: "filter" }, [
        make("label", { for: "history-lesson", "data-say": "history.lesson" }), this.#lessons,
      ]),
      this.#trouble, this.#progressBlock,
      make("div", { class: "beside" }, [
        block("history.board", "", [this.#boardNone, this.#board]), this.#own,
      ]), // before the list, which can be long
      this.#listBlock,
    );
    whenTurned(() => this.#draw());
    this.#older.addEventListener("click", () => this.dispatchEvent(new Event("older")));
    this.#lessons.addEventListener("change", () => this.#emit("pick", this.#lessons.value));
  }

  /** @param {string} type @param {unknown} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {string} event @param {string} path of its words @param {string} [kind] */
  #button(event, path, kind = "") {
    const button = make("button", {
      type: "button", class: kind, "data-part": `history-${event}`, "data-say": path,
    }, [wordsAt(path)]);
    button.addEventListener("click", () => this.#emit(event));
    return button;
  }

  /** Whose results; without a name there is only who is best. @param {string} learner */
  begin(learner) {
    this.#title.textContent = learner ? words.history.titleOf(learner) : words.history.title;
    this.#own.hidden = !learner;
    this.clear();
    if (learner) this.#offerOwn(learner);
    this.#title.focus();
  }

  /** @param {string} learner */
  #offerOwn(learner) {
    const { deletesOf, goes, ...said } = words.history;
    const goodbye = new Goodbye({ ...said, title: deletesOf(learner), goes: goes(learner) });
    goodbye.addEventListener("confirm", () => this.#emit("erase"));
    const links = /** @type {const} */ (["json", "csv"]).map((kind) => make("a", {
      href: exportUrl(learner, kind), download: "", "data-part": `export-${kind}`,
    }, [words.history.everything(kind.toUpperCase())]));
    this.#own.replaceChildren(
      make("h3", {}, [words.history.takeOut]), make("p", { class: "links" }, links),
      goodbye.button, goodbye.dialog,
    );
  }

  /** @param {{ id: string, title: string }[]} lessons @param {string} chosen an id, or "" */
  choices(lessons, chosen) {
    const options = [{ id: "", title: words.history.all }, ...lessons];
    this.#lessons.replaceChildren(...options.map(({ id, title }) => make("option", { value: id }, [title])));
    this.#lessons.value = chosen;
  }

  /** What went wrong is over. */
  calm() {
    this.#trouble.replaceChildren();
  }

  /** Nothing to show, or not yet. */
  clear() {
    this.calm();
    this.#progressBlock.hidden = true;
    this.#none.textContent = "";
    this.#list.replaceChildren();
    this.#older.hidden = true;
    this.#boardNone.textContent = "";
    this.#board.replaceChildren();
  }

  /**
   * @param {Line[]} lines all that are known by now, the newest first
   * @param {boolean} more there are older ones @param {string} none what to say where there is none
   */
  show(lines, more, none) {
    const shown = this.#list.childElementCount;
    this.#progressBlock.hidden = lines.length < 2;
    this.#lines = lines;
    this.#draw();
    this.#none.textContent = lines.length ? "" : none;
    this.#list.replaceChildren(...lines.map((line) => this.#row(line)));
    this.#older.hidden = !more;
    if (shown && shown < lines.length) this.#list.children[shown].querySelector("button")?.focus();
  }

  #draw() {
    this.#progress.replaceChildren(progressPlot(this.#lines));
  }

  /** @param {Line} line */
  #row(line) {
    const at = dateTime(line.ended_at);
    const { report, reportOf, unfinished } = words.history;
    const label = reportOf(line.lesson.title, at);
    const button = make("button", { type: "button", class: "small", "aria-label": label }, [report]);
    button.addEventListener("click", () => this.#emit("report", line));
    return make("li", {}, [
      score(line), make("span", { class: "of" }, [
        make("span", {}, [line.lesson.title]),
        make("span", { class: "quiet" }, [line.complete ? at : `${at}, ${unfinished}`]),
      ]), button,
    ]);
  }

  /**
   * @param {Board["entries"]} entries @param {string} learner whose page this is
   * @param {string} none what to say where there is none
   */
  showBoard(entries, learner, none) {
    this.#board.replaceChildren(...entries.map((entry) => {
      const own = entry.learner === learner;
      return make("li", own ? { class: "own" } : {}, [
        make("span", { class: "place-number" }, [String(entry.place)]),
        score(entry), make("span", { class: "of" }, [
          make("bdi", {}, [entry.learner ?? ""]),
          make("span", { class: "quiet" }, [own ? words.history.you : dateTime(entry.ended_at)]),
        ]),
      ]);
    }));
    this.#boardNone.textContent = entries.length ? "" : none;
  }

  /** @param {string} sentence */
  fail(sentence) {
    this.#trouble.replaceChildren(make("p", {}, [sentence]), this.#button("retry", "history.again", "small"));
  }
}

/** @param {Line} line */
function score({ score, grade }) {
  const label = grade === null || score === null ? "" : labelOf(score);
  return make("span", { class: `tint points ${label}` }, [
    make("strong", {}, [score === null ? "–" : whole(score)]),
    make("span", {}, [letterOf(grade)]),
  ]);
}

/** @param {string} path of its title's words @param {string} kind @param {Node[]} children */
const block = (path, kind, children) => make("section", { class: `block ${kind}`.trim() }, [
  make("h3", { "data-say": path }), ...children,
]);
