// @ts-check
// Fetches the stored results that the history view asks for, and deletes them.

import {
  ApiError, deleteLearner, fetchExport, fetchHistory, fetchLeaderboard, fetchStoredReport,
} from "../api.js";
import { Emitter } from "../emitter.js";
import { codeSentence } from "../feedback/sentences.js";
import { words } from "../i18n/words.js";

/** @import { Lesson, Report, ResultRow } from "../api.js" */
/** @import { LearnerName } from "../lessons/learner_name.js" */
/** @import { HistoryView } from "./history_view.js" */

/**
 * Emits `report` with a report to show, and `deleted` after all results of the learner were deleted.
 * @extends {Emitter<{ report: Report, deleted: void }>}
 */
export class ResultsHistory extends Emitter {
  #learner;
  #view;
  #lesson = "";
  /** Lessons that the server has; only these have a leaderboard. @type {Set<string>} */
  #available = new Set();
  /** Lessons to choose from: what the server has, and those of which only results are left. @type {Map<string, { id: string, title: string }>} */
  #lessons = new Map();
  /** @type {ResultRow[]} */
  #rows = [];
  /** @type {string | null} */
  #cursor = null;
  /** Counts the requests: an answer to an earlier one is not shown any more. */
  #request = 0;
  /** @type {() => Promise<void>} what `retry` does again */
  #last = async () => {};

  /** @param {LearnerName} learner @param {HistoryView} view */
  constructor(learner, view) {
    super();
    this.#learner = learner;
    this.#view = view;
    learner.on("name", () => void this.#checkName());
    view.on("pick", (lesson) => this.#show(lesson));
    view.on("older", () => this.#run(() => this.#fetchRows()));
    view.on("retry", () => this.#run(this.#last));
    view.on("export", (kind) => this.#run(() => this.#export(kind)));
    view.on("delete", () => this.#run(() => this.#delete()));
    view.on("report", (row) => this.#run(() => this.#fetchReport(row)));
  }

  /** @param {Lesson[]} lessons that the server has @param {string} [lesson] id of the one to show first */
  open(lessons, lesson) {
    this.#available = new Set(lessons.map(({ id }) => id));
    this.#lessons = new Map(lessons.map(({ id, title }) => [id, { id, title }]));
    this.#view.reset(this.#learner.name);
    this.#show(lesson ?? (lessons.length === 1 ? lessons[0].id : ""));
  }

  /** Asks whether the server accepts a name; where it does not show results, the next lesson will tell. */
  async #checkName() {
    const learner = this.#learner.name;
    if (!learner || !this.#learner.canShowHistory) return;
    try {
      await fetchHistory({ learner, limit: 1 });
    } catch (error) {
      const isRefused = error instanceof ApiError && error.code === "bad_learner";
      if (isRefused && learner === this.#learner.name) {
        this.#learner.showRefusal(codeSentence(error.code) || error.detail);
      }
    }
  }

  /** @param {string} lesson an id, "" for all */
  #show(lesson) {
    this.#lesson = lesson;
    this.#rows = [];
    this.#cursor = null;
    this.#view.setLessons([...this.#lessons.values()], lesson);
    this.#view.clear();
    this.#run(async () => {
      const rows = this.#learner.name ? this.#fetchRows() : this.#showNoName();
      const board = this.#available.has(lesson) ? this.#fetchLeaderboard(lesson) : this.#showNoLeaderboard();
      await Promise.all([rows, board]);
    });
  }

  async #showNoName() {
    this.#view.show([], false, words.history.noName);
  }

  async #showNoLeaderboard() {
    const reason = this.#lesson ? words.problems["lesson-gone"].title : words.history.pickForBoard;
    this.#view.showLeaderboard([], this.#learner.name, reason);
  }

  async #fetchRows() {
    const request = this.#request;
    const lesson = this.#lesson;
    const page = await fetchHistory({ learner: this.#learner.name, lesson, cursor: this.#cursor ?? "" });
    if (request !== this.#request) return;
    this.#rows = [...this.#rows, ...page.results];
    this.#cursor = page.next;
    for (const row of page.results) {
      if (!this.#lessons.has(row.lesson.id)) this.#lessons.set(row.lesson.id, row.lesson);
    }
    this.#view.setLessons([...this.#lessons.values()], lesson);
    this.#view.show(this.#rows, page.next !== null, lesson ? words.history.noneOfThis : words.history.none);
  }

  /** @param {string} lesson */
  async #fetchLeaderboard(lesson) {
    const request = this.#request;
    const { entries } = await fetchLeaderboard(lesson);
    if (request !== this.#request) return;
    this.#view.showLeaderboard(entries, this.#learner.name, words.history.noBoard);
  }

  /** @param {ResultRow} row */
  async #fetchReport({ id }) {
    const request = this.#request;
    const report = await fetchStoredReport(id);
    if (request === this.#request) this.emit("report", report);
  }

  /** @param {"json" | "csv"} kind */
  async #export(kind) {
    const file = await fetchExport(this.#learner.name, kind);
    this.#view.save(file, `tandem-results.${kind}`);
  }

  async #delete() {
    const learner = this.#learner.name;
    await deleteLearner(learner);
    this.#learner.clear(words.history.deleted(learner));
    this.emit("deleted");
  }

  /** Sends a request, and shows an error if it fails. @param {() => Promise<void>} send */
  #run(send) {
    const request = ++this.#request;
    this.#last = send;
    void send().then(
      () => request === this.#request && this.#view.clearError(),
      (error) => request === this.#request && this.#view.showError(errorSentence(error)),
    );
  }
}

/** @param {unknown} error */
function errorSentence(error) {
  if (!(error instanceof ApiError)) return words.trouble.history.unreachable;
  return words.trouble.history[error.code] ?? error.detail;
}
