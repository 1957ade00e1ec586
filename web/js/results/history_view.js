// @ts-check
// The view of stored results: progress, the list, the leaderboard, export and delete.

import { getToken } from "../access_token.js";
import { exportUrl } from "../api.js";
import { ConfirmDelete } from "../confirm_delete.js";
import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { labelOf } from "../feedback/score_colours.js";
import { formatDateTime, formatInteger } from "../i18n/formats.js";
import { textAt, words } from "../i18n/words.js";
import { progressPlot } from "./progress_plot.js";
import { gradeLetter } from "./report_text.js";
import { onPlotWidthChange } from "./score_plot.js";

/** @import { Leaderboard, ResultRow } from "../api.js" */

/**
 * Emits `pick` with a lesson's id ("" for all), `older` to fetch older results, `export` where a link
 * cannot do it, and `delete` after it was confirmed.
 * @extends {Emitter<{ leave: void, pick: string, older: void, report: ResultRow, retry: void,
 *   export: "json" | "csv", delete: void }>}
 */
export class HistoryView extends Emitter {
  #title = make("h2", { id: "history-title", tabindex: "-1", "data-part": "history-title" });
  #lessons = make("select", { id: "history-lesson", "data-part": "history-lesson" });
  #error = make("div", { class: "request-error", role: "alert" });
  #progress = make("div", { "data-part": "progress-plot" });
  #list = make("ul", { class: "results", "data-part": "results" });
  #none = make("p", { class: "quiet", "data-part": "no-results" });
  #older = make("button", { type: "button", "data-part": "older", "data-i18n": "history.older" });
  #leaderboard = make("ol", { class: "leaderboard", "data-part": "board" });
  #noLeaderboard = make("p", { class: "quiet", "data-part": "no-board" });
  #own = make("section", { class: "block", "data-part": "own" });
  #progressBlock;
  #listBlock;
  /** @type {ResultRow[]} */
  #rows = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#progressBlock = block("history.progress", "wide", [this.#progress]);
    this.#listBlock = block("history.list", "", [this.#none, this.#list, this.#older]);
    root.replaceChildren(
      make("header", { class: "history-head" }, [this.#button("leave", "history.back", "plain"), this.#title]),
      make("p", { class: "filter" }, [
        make("label", { for: "history-lesson", "data-i18n": "history.lesson" }), this.#lessons,
      ]),
      this.#error, this.#progressBlock,
      make("div", { class: "side-column" }, [
        block("history.board", "", [this.#noLeaderboard, this.#leaderboard]), this.#own,
      ]), // above the list, which can be long
      this.#listBlock,
    );
    onPlotWidthChange(() => this.#drawProgress());
    this.#older.addEventListener("click", () => this.emit("older"));
    this.#lessons.addEventListener("change", () => this.emit("pick", this.#lessons.value));
  }

  /** @param {"leave" | "retry"} event @param {string} path of its text @param {string} [kind] */
  #button(event, path, kind = "") {
    const button = make("button", {
      type: "button", class: kind, "data-part": `history-${event}`, "data-i18n": path,
    }, [textAt(path)]);
    button.addEventListener("click", () => this.emit(event));
    return button;
  }

  /** Starts with the results of a learner; without a name there is only the leaderboard. @param {string} learner */
  reset(learner) {
    this.#title.textContent = learner ? words.history.titleOf(learner) : words.history.title;
    this.#own.hidden = !learner;
    this.clear();
    if (learner) this.#showOwn(learner);
    this.#title.focus();
  }

  /** @param {string} learner */
  #showOwn(learner) {
    const { deleteTitle, consequences, ...texts } = words.history;
    const confirmDelete = new ConfirmDelete({
      ...texts, title: deleteTitle(learner), consequences: consequences(learner),
    });
    confirmDelete.on("confirm", () => this.emit("delete"));
    const links = /** @type {const} */ (["json", "csv"]).map((kind) => this.#exportLink(learner, kind));
    this.#own.replaceChildren(
      make("h3", {}, [words.history.exportTitle]), make("p", { class: "links" }, links),
      confirmDelete.button, confirmDelete.dialog,
    );
  }

  /** @param {string} learner @param {"json" | "csv"} kind */
  #exportLink(learner, kind) {
    const link = make("a", {
      href: exportUrl(learner, kind), download: "", "data-part": `export-${kind}`,
    }, [words.history.everything(kind.toUpperCase())]);
    link.addEventListener("click", (event) => {
      if (!getToken()) return;
      event.preventDefault();
      this.emit("export", kind);
    });
    return link;
  }

  /** Saves a file, as a link to it would. @param {Blob} file @param {string} name */
  save(file, name) {
    const url = URL.createObjectURL(file);
    make("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser reads it after the click
  }

  /** @param {{ id: string, title: string }[]} lessons to choose from @param {string} chosen an id, or "" */
  setLessons(lessons, chosen) {
    const options = [{ id: "", title: words.history.all }, ...lessons];
    this.#lessons.replaceChildren(...options.map(({ id, title }) => make("option", { value: id }, [title])));
    this.#lessons.value = chosen;
  }

  clearError() {
    this.#error.replaceChildren();
  }

  /** Shows nothing until the results come. */
  clear() {
    this.clearError();
    this.#progressBlock.hidden = true;
    this.#none.textContent = "";
    this.#list.replaceChildren();
    this.#older.hidden = true;
    this.#noLeaderboard.textContent = "";
    this.#leaderboard.replaceChildren();
  }

  /**
   * @param {ResultRow[]} rows all that were fetched so far, the newest first
   * @param {boolean} hasOlder @param {string} none the text if there are none
   */
  show(rows, hasOlder, none) {
    const shown = this.#list.childElementCount;
    this.#progressBlock.hidden = rows.length < 2;
    this.#rows = rows;
    this.#drawProgress();
    this.#none.textContent = rows.length ? "" : none;
    this.#list.replaceChildren(...rows.map((row) => this.#createItem(row)));
    this.#older.hidden = !hasOlder;
    if (shown && shown < rows.length) this.#list.children[shown].querySelector("button")?.focus();
  }

  #drawProgress() {
    this.#progress.replaceChildren(progressPlot(this.#rows));
  }

  /** @param {ResultRow} row */
  #createItem(row) {
    const at = formatDateTime(row.ended_at);
    const { report, reportOf, unfinished } = words.history;
    const label = reportOf(row.lesson.title, at);
    const button = make("button", { type: "button", class: "small", "aria-label": label }, [report]);
    button.addEventListener("click", () => this.emit("report", row));
    return make("li", {}, [
      scoreElement(row), make("span", { class: "result-text" }, [
        make("span", {}, [row.lesson.title]),
        make("span", { class: "quiet" }, [row.complete ? at : `${at}, ${unfinished}`]),
      ]), button,
    ]);
  }

  /**
   * @param {Leaderboard["entries"]} entries @param {string} learner whose results are shown
   * @param {string} none the text if there are none
   */
  showLeaderboard(entries, learner, none) {
    this.#leaderboard.replaceChildren(...entries.map((entry) => {
      const own = entry.learner === learner;
      return make("li", own ? { class: "own" } : {}, [
        make("span", { class: "place-number" }, [String(entry.place)]),
        scoreElement(entry), make("span", { class: "result-text" }, [
          make("bdi", {}, [entry.learner ?? ""]),
          make("span", { class: "quiet" }, [own ? words.history.you : formatDateTime(entry.ended_at)]),
        ]),
      ]);
    }));
    this.#noLeaderboard.textContent = entries.length ? "" : none;
  }

  /** @param {string} sentence */
  showError(sentence) {
    this.#error.replaceChildren(make("p", {}, [sentence]), this.#button("retry", "history.again", "small"));
  }
}

/** @param {ResultRow} row */
function scoreElement({ score, grade }) {
  const label = grade === null || score === null ? "" : labelOf(score);
  return make("span", { class: `tint result-score ${label}` }, [
    make("strong", {}, [score === null ? "–" : formatInteger(score)]),
    make("span", {}, [gradeLetter(grade)]),
  ]);
}

/** @param {string} path of its title @param {string} kind @param {Node[]} children */
const block = (path, kind, children) => make("section", { class: `block ${kind}`.trim() }, [
  make("h3", { "data-i18n": path }), ...children,
]);
