// @ts-check
// What is kept of a learner, asked of the server as the page of results wants it.

import {
  ApiError, deleteLearner, fetchHistory, fetchKept, fetchLeaderboard,
} from "../api.js";
import { whyWords } from "../feedback/sentences.js";
import { words } from "../i18n/words.js";

/** @import { Lesson, Line } from "../api.js" */
/** @import { HistoryView } from "./history_view.js" */
/** @import { Who } from "../lessons/learner_name.js" */

/** Events: `report` (detail a Report that was asked for), `erased`. */
export class Past extends EventTarget {
  #who;
  #view;
  #lesson = "";
  /** Lessons that are there, and have a best list. @type {Set<string>} */
  #here = new Set();
  /** To choose from: what the server has, and what only results are left of. @type {Map<string, { id: string, title: string }>} */
  #known = new Map();
  /** @type {Line[]} */
  #lines = [];
  /** @type {string | null} */
  #next = null;
  /** Answers to an earlier question are not shown any more. */
  #asked = 0;
  /** @type {() => Promise<void>} what is tried again */
  #last = async () => {};

  /** @param {Who} who @param {HistoryView} view */
  constructor(who, view) {
    super();
    this.#who = who;
    this.#view = view;
    who.addEventListener("name", () => void this.#check());
    const detail = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail;
    view.addEventListener("pick", (event) => this.#show(detail(event)));
    view.addEventListener("older", () => this.#do(() => this.#more()));
    view.addEventListener("retry", () => this.#do(this.#last));
    view.addEventListener("erase", () => this.#do(() => this.#erase()));
    view.addEventListener("report", (event) => this.#do(() => this.#report(detail(event))));
  }

  /** @param {Lesson[]} lessons that the server has @param {string} [lesson] an id to begin with */
  open(lessons, lesson) {
    this.#here = new Set(lessons.map(({ id }) => id));
    this.#known = new Map(lessons.map(({ id, title }) => [id, { id, title }]));
    this.#view.begin(this.#who.name);
    this.#show(lesson ?? (lessons.length === 1 ? lessons[0].id : ""));
  }

  /** Does the server take a name? Asked where it can be, else the next lesson tells. */
  async #check() {
    const learner = this.#who.name;
    if (!learner || !this.#who.isOpen) return;
    try {
      await fetchHistory({ learner, limit: 1 });
    } catch (error) {
      const refused = error instanceof ApiError && error.code === "bad_learner";
      if (refused && learner === this.#who.name) this.#who.refuse(whyWords(error.code) || error.detail);
    }
  }

  /** @param {string} lesson an id, "" for all */
  #show(lesson) {
    this.#lesson = lesson;
    this.#lines = [];
    this.#next = null;
    this.#view.choices([...this.#known.values()], lesson);
    this.#view.clear();
    this.#do(async () => {
      const board = this.#here.has(lesson) ? this.#board(lesson) : this.#noBoard();
      await Promise.all([this.#who.name ? this.#more() : this.#nobody(), board]);
    });
  }

  async #nobody() {
    this.#view.show([], false, words.history.noName);
  }

  async #noBoard() {
    const why = this.#lesson ? words.problems["lesson-gone"].title : words.history.pickForBoard;
    this.#view.showBoard([], this.#who.name, why);
  }

  async #more() {
    const asked = this.#asked;
    const lesson = this.#lesson;
    const page = await fetchHistory({ learner: this.#who.name, lesson, cursor: this.#next ?? "" });
    if (asked !== this.#asked) return;
    this.#lines = [...this.#lines, ...page.results];
    this.#next = page.next;
    for (const { lesson: of } of page.results) if (!this.#known.has(of.id)) this.#known.set(of.id, of);
    this.#view.choices([...this.#known.values()], lesson);
    this.#view.show(this.#lines, page.next !== null, lesson ? words.history.noneOfThis : words.history.none);
  }

  /** @param {string} lesson */
  async #board(lesson) {
    const asked = this.#asked;
    const { entries } = await fetchLeaderboard(lesson);
    if (asked === this.#asked) this.#view.showBoard(entries, this.#who.name, words.history.noBoard);
  }

  /** @param {Line} line */
  async #report({ id }) {
    const asked = this.#asked;
    const report = await fetchKept(id);
    if (asked === this.#asked) this.dispatchEvent(new CustomEvent("report", { detail: report }));
  }

  async #erase() {
    const learner = this.#who.name;
    await deleteLearner(learner);
    this.#who.forget(words.history.deleted(learner));
    this.dispatchEvent(new Event("erased"));
  }

  /** Asks, and says what went wrong. @param {() => Promise<void>} question */
  #do(question) {
    const asked = ++this.#asked;
    this.#last = question;
    void question().then(
      () => asked === this.#asked && this.#view.calm(),
      (error) => asked === this.#asked && this.#view.fail(troubleWords(error)),
    );
  }
}

/** @param {unknown} error */
function troubleWords(error) {
  if (!(error instanceof ApiError)) return words.trouble.history.unreachable;
  return words.trouble.history[error.code] ?? error.detail;
}
