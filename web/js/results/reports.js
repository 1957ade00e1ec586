// @ts-check
// Shows the report of an attempt that just ended, or of a stored result.

import { ApiError, fetchSessionReport } from "../api.js";
import { Attempt } from "../connection/attempt.js";
import { Emitter } from "../emitter.js";
import { readStorage, writeStorage } from "../storage.js";
import { fetchLesson } from "../upload/upload_api.js";
import { listDancers } from "./group_view.js";

/** @import { Lesson, Report } from "../api.js" */
/** @import { Summary } from "../connection/protocol.js" */
/** @import { Group } from "../lessons/dancers_choice.js" */
/** @import { LearnerName } from "../lessons/learner_name.js" */
/** @import { GroupView } from "./group_view.js" */
/** @import { SummaryContext, SummaryView } from "./summary_view.js" */

/** The reason with which a server that is stopped ends its sessions; after that it cannot be asked. */
const SERVER_STOPPING = "server stopping";

/**
 * Emits `attempt` to start another one, and `history` with the id of the lesson to show results of.
 * @extends {Emitter<{ attempt: Attempt, history: string | undefined, leave: void }>}
 */
export class Reports extends Emitter {
  #view;
  #groupView;
  #learner;
  /** Shows one of several dancers. @type {(place: number) => void} */
  #showDancer = () => {};
  /** The lesson of the report, while the server has it. @type {Lesson | undefined} */
  #lesson;
  /** @type {Attempt | null} whose report is shown */
  #attempt = null;

  /** @param {SummaryView} view @param {GroupView} groupView @param {LearnerName} learner */
  constructor(view, groupView, learner) {
    super();
    this.#view = view;
    this.#groupView = groupView;
    groupView.on("dancer", (place) => this.#showDancer(place));
    this.#learner = learner;
    view.on("again", () => this.#start((lesson) => new Attempt(lesson)));
    view.on("practise", (passage) => this.#start((lesson) => Attempt.ofPassage(lesson, passage)));
    view.on("history", () => this.emit("history", this.#lesson?.id));
    view.on("leave", () => this.emit("leave"));
  }

  /** @param {(lesson: Lesson) => Attempt} create */
  #start(create) {
    if (this.#lesson) this.emit("attempt", create(this.#lesson));
  }

  /**
   * Shows the summary of an attempt, and then what the server knows besides.
   * @param {Attempt} attempt @param {Summary} summary @param {Group} group who danced
   */
  async showAttempt(attempt, summary, group) {
    const key = `last:${attempt.lesson.id}`;
    const { learner, canShowHistory } = this.#learner;
    const lastScore = learner ? null : readStorage(key); // the server compares if it knows the name
    this.#attempt = attempt;
    this.#lesson = attempt.lesson;
    const { lesson, reason } = attempt;
    const isStopping = reason === SERVER_STOPPING;
    const context = {
      lesson: isStopping ? { ...lesson, thumbnails: undefined } : lesson, reason, learner, canShowHistory,
      lastScore: lastScore === null ? null : Number(lastScore),
    };
    if (this.#showGroup(summary, context, group)) return;
    this.#view.show(summary, context);
    if (summary.grade !== null && summary.score !== null) writeStorage(key, String(summary.score));
    if (isStopping) return;
    const [report, isDeleted] = await Promise.all([
      fetchSessionReport(attempt.session).catch(() => null), // the summary is enough without it
      isLessonDeleted(lesson.id),
    ]);
    if (this.#attempt !== attempt) return;
    if (isDeleted) this.#showDeleted(summary, { ...context, change: report?.change });
    else if (report) this.#view.showChange(report.change);
  }

  /**
   * Shows what several dancers did together, and the report of one of them.
   * @param {Summary} summary @param {SummaryContext} context @param {Group} group
   * @returns {boolean} whether there are several
   */
  #showGroup(summary, context, group) {
    const dancers = listDancers(summary, group);
    this.#showDancer = (place) => {
      this.#groupView.show(dancers, summary.passages ?? [], place);
      const dancer = dancers[place];
      if (!dancer) return;
      const { name, summary: own } = dancer;
      this.#view.show({ ...own, type: "summary" }, { ...context, learner: name, lastScore: null });
    };
    this.#showDancer(0);
    return dancers.length > 1;
  }

  /** The lesson was deleted meanwhile, so it cannot be danced again. @param {Summary} summary @param {SummaryContext} context */
  #showDeleted(summary, context) {
    this.#lesson = undefined;
    const lesson = { ...context.lesson, thumbnails: undefined };
    this.#view.show(summary, { ...context, isLessonDeleted: true, lesson });
  }

  /** Shows the report of a stored result. @param {Report} report @param {Lesson[]} lessons that the server has */
  showStored(report, lessons) {
    const { id, title } = report.lesson;
    this.#attempt = null;
    this.#lesson = lessons.find((lesson) => lesson.id === id);
    const duration_s = report.timeline.at(-1)?.[0] ?? 0;
    const context = {
      lesson: this.#lesson ?? { id, title, duration_s }, isLessonDeleted: !this.#lesson, lastScore: null,
      reason: report.reason ?? "", change: report.change, learner: report.learner,
      at_s: report.ended_at, canShowHistory: true,
    };
    const names = Array.from({ length: report.dancers?.length ?? 0 }, () => "");
    if (names.length) names[names.length - 1] = report.learner ?? ""; // it is kept under the first dancer's
    if (!this.#showGroup(report, context, { dancers: names.length, names })) this.#view.show(report, context);
  }
}

/** @param {string} id @returns {Promise<boolean>} */
const isLessonDeleted = (id) => fetchLesson(id).then(
  () => false, (error) => error instanceof ApiError && error.status === 404);
