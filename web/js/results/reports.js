// @ts-check
// The report of a round that just ended, and of one that was kept.

import { ApiError, fetchReport } from "../api.js";
import { recall, remember } from "../storage.js";
import { Round } from "../connection/attempt.js";
import { fetchLesson } from "../upload/upload_api.js";

/** @import { Lesson, Report } from "../api.js" */
/** @import { Loop, Summary } from "../connection/protocol.js" */
/** @import { About, SummaryView } from "./summary_view.js" */
/** @import { Who } from "../lessons/learner_name.js" */

/** Why the server ends what it ends last: there is nobody to ask any more. */
const SERVER_GOES = "server stopping";

/** Events: `begin` (detail a Round: again, or a passage of it), `look` (detail a lesson's id), `leave`. */
export class Reports extends EventTarget {
  #view;
  #who;
  /** Whose report is shown, while it is there to practise. @type {Lesson | undefined} */
  #lesson;
  /** @type {Round | null} whose end it tells */
  #of = null;

  /** @param {SummaryView} view @param {Who} who */
  constructor(view, who) {
    super();
    this.#view = view;
    this.#who = who;
    view.addEventListener("again", () => this.#begin((lesson) => new Round(lesson)));
    view.addEventListener("practise", (event) => {
      const passage = /** @type {CustomEvent<Loop>} */ (event).detail;
      this.#begin((lesson) => Round.ofPassage(lesson, passage));
    });
    view.addEventListener("look", () => this.#emit("look", this.#lesson?.id));
    view.addEventListener("leave", () => this.#emit("leave"));
  }

  /** @param {string} type @param {unknown} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {(lesson: Lesson) => Round} make */
  #begin(make) {
    if (this.#lesson) this.#emit("begin", make(this.#lesson));
  }

  /** Shows the end of a round, and then what the server knows besides. @param {Round} round @param {Summary} summary */
  async tell(round, summary) {
    const key = `last:${round.lesson.id}`;
    const { learner, isOpen: looks } = this.#who;
    const before = learner ? null : recall(key); // with a name, the server knows
    this.#of = round;
    this.#lesson = round.lesson;
    const { lesson, reason } = round;
    const alone = reason === SERVER_GOES;
    const about = {
      lesson: alone ? { ...lesson, thumbnails: undefined } : lesson, reason, learner, looks,
      before: before === null ? null : Number(before),
    };
    this.#view.show(summary, about);
    if (summary.grade !== null && summary.score !== null) remember(key, String(summary.score));
    if (alone) return;
    const [report, gone] = await Promise.all([
      fetchReport(round.session).catch(() => null), isGone(lesson.id), // it is as good without
    ]);
    if (this.#of !== round) return;
    if (gone) this.#showGone(summary, { ...about, change: report?.change });
    else if (report) this.#view.compare({ change: report.change });
  }

  /** The lesson was removed meanwhile: there is nothing to do again. @param {Summary} summary @param {About} about */
  #showGone(summary, about) {
    this.#lesson = undefined;
    this.#view.show(summary, { ...about, gone: true, lesson: { ...about.lesson, thumbnails: undefined } });
  }

  /** Shows one that was kept. @param {Report} report @param {Lesson[]} lessons that the server has */
  showKept(report, lessons) {
    const { id, title } = report.lesson;
    this.#of = null;
    this.#lesson = lessons.find((lesson) => lesson.id === id);
    const duration_s = report.timeline.at(-1)?.[0] ?? 0;
    this.#view.show(report, {
      lesson: this.#lesson ?? { id, title, duration_s }, gone: !this.#lesson, before: null,
      reason: report.reason ?? "", change: report.change, learner: report.learner,
      at_s: report.ended_at, looks: true,
    });
  }
}

/** @param {string} lesson @returns {Promise<boolean>} */
const isGone = (lesson) => fetchLesson(lesson).then(
  () => false, (error) => error instanceof ApiError && error.status === 404);
