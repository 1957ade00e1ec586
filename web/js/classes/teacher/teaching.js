// @ts-check
// A class from its teacher's side: connects, shows what comes, sends what the teacher asks for, until the report.

import { ApiError, thumbnailUrl } from "../../api.js";
import { Emitter } from "../../emitter.js";
import { retrySentence } from "../../feedback/sentences.js";
import { words } from "../../i18n/words.js";
import { delay } from "../../promises.js";
import { readTabStorage, writeTabStorage } from "../../storage.js";
import { ScreenWakeLock } from "../../stage/wake_lock.js";
import { fetchLesson } from "../../upload/upload_api.js";
import { endClass, fetchClass, fetchClassCsv, fetchClassReport } from "../class_api.js";
import { TeacherAttempt } from "../class_attempt.js";
import { classProblem, errorSentence } from "../class_texts.js";
import { TeacherSeat } from "../seat.js";
import { RosterBoard } from "./roster_board.js";
import { TeacherCamera } from "./teacher_camera.js";

/** @import { Lesson } from "../../api.js" */
/** @import { Failure } from "../../connection/attempt_events.js" */
/** @import { State } from "../../connection/protocol.js" */
/** @import { PhaseMachine } from "../../phases.js" */
/** @import { ClassReport, OpenedClass } from "../class_api.js" */
/** @import { CueWish } from "./cue_panel.js" */
/** @import { ClassReportView } from "./class_report.js" */
/** @import { TeacherView } from "./teacher_view.js" */

const KEY = "class"; // what a page that is loaded anew needs to come back
const PRACTICE_RATE = 0.75;
/** The reason with which the server ends the session of a teacher who has come by another one. */
const REPLACED = "replaced";
const REPORT_TRIES = 8, REPORT_PAUSE_MS = 1500; // learners' sessions end a moment after the class

/** Emits `leave` when the teacher leaves the report, `lesson` to see what the class has become. @extends {Emitter<{ leave: void, lesson: Lesson }>} */
export class Teaching extends Emitter {
  #view;
  #reportView;
  #phases;
  #board;
  #camera = new TeacherCamera();
  #wakeLock = new ScreenWakeLock();
  /** @type {OpenedClass | null} */
  #opened = null;
  /** @type {TeacherAttempt | null} */
  #attempt = null;
  /** @type {TeacherSeat | null} */
  #seat = null;
  #problem = "";

  /** @param {TeacherView} view @param {ClassReportView} reportView @param {PhaseMachine} phases */
  constructor(view, reportView, phases) {
    super();
    this.#view = view;
    this.#reportView = reportView;
    this.#phases = phases;
    this.#board = new RosterBoard(view);
    this.#listenToView();
    this.#camera.on("stream", (stream) => this.#onCamera(stream));
    this.#camera.on("problem", () => {
      view.showNotice(words.classes.noCamera, words.classes.openCamera, () => void this.#camera.open());
    });
    reportView.on("leave", () => this.emit("leave"));
    reportView.on("lesson", (id) => void this.#openLesson(id));
    reportView.on("again", () => void this.#showReport());
    reportView.on("csv", () => void this.#download());
    window.addEventListener("keydown", (event) => {
      if (phases.phase === "teaching") view.onKey(event);
    });
    document.addEventListener("visibilitychange", () => this.#attempt?.onVisibilityChange());
    window.addEventListener("online", () => this.#attempt?.tryNow());
    window.addEventListener("pagehide", () => this.#attempt?.abandon()); // the class waits; a page that is loaded anew comes back
  }

  #listenToView() {
    const view = this.#view;
    view.on("end", () => void this.#end());
    view.on("keep", (keep) => this.#attempt?.send({ type: "class", keep }));
    view.waiting.on("admit", (learners) => {
      for (const learner of learners) this.#attempt?.send({ type: "admit", learner });
    });
    view.waiting.on("refuse", (learner) => this.#attempt?.send({ type: "refuse", learner }));
    view.tiles.on("seen", (learner) => this.#attempt?.send({ type: "hand", learner, up: false }));
    view.cues.on("cue", (cue) => this.#say(cue));
    view.course.on("practise", (passage) => {
      this.#attempt?.setLoop(passage);
      this.#attempt?.setRate(PRACTICE_RATE);
    });
    view.microphone.on("track", (track) => this.#seat?.setVoice(track));
    view.transport.on("live", () => void view.microphone.open());
  }

  /** To who is chosen, or to all. @param {CueWish} cue */
  #say(cue) {
    const { chosen } = this.#view.tiles;
    this.#attempt?.send({ type: "cue", ...cue, ...(chosen !== null && { learner: chosen }) });
  }

  /** @param {OpenedClass} opened @param {Lesson[]} lessons that the server has */
  open(opened, lessons) {
    this.#opened = opened;
    writeTabStorage(KEY, JSON.stringify(opened));
    const isLive = opened.kind === "live";
    const { title } = opened;
    const lesson = lessons.find(({ id }) => id === opened.lesson?.id) ?? { duration_s: 0, id: "", ...opened.lesson, title };
    this.#seat = new TeacherSeat(opened.code, opened.token, isLive);
    this.#phases.handle("teach");
    this.#view.open(opened, isLive ? "" : thumbnailUrl(lesson.id));
    this.#board.open(lesson.duration_s, !isLive);
    this.#wakeLock.keep(true);
    this.#connect(new TeacherAttempt(lesson, this.#seat));
    if (isLive) this.#openCamera();
  }

  #openCamera() {
    this.#view.showNotice(words.classes.opening);
    void this.#camera.open();
  }

  /** Goes on with the class that this tab had open. @param {Lesson[]} lessons @returns {Promise<void>} */
  async restore(lessons) {
    const stored = readTabStorage(KEY);
    if (!stored || this.#opened) return;
    try {
      const opened = JSON.parse(stored);
      const info = await fetchClass(opened.code);
      if (info.state !== "ended" && this.#phases.phase === "choosing") return this.open({ ...opened, ...info }, lessons);
    } catch (error) {
      if (!(error instanceof ApiError)) return; // it may be there later
    }
    writeTabStorage(KEY, "");
  }

  /** @param {TeacherAttempt} attempt */
  #connect(attempt) {
    this.#attempt = attempt;
    const view = this.#view;
    const { events } = attempt;
    view.transport.open(attempt, this.#opened?.kind === "live");
    events.on("instructor", (stream) => this.#show(stream));
    events.on("welcome", () => { if (!this.#camera.isMissing) view.showNotice(""); });
    events.on("retry", (countdown) => {
      const { action } = words.interruptions.reconnecting;
      view.showNotice(words.classes.reconnecting, action, () => attempt.tryNow(), retrySentence(countdown));
    });
    events.on("failure", (failure) => this.#onFailure(attempt, failure));
    events.on("state", (state) => this.#onState(attempt, state));
    events.on("class", (status) => {
      view.showStatus(status);
      this.#showProblem(status.problem ?? "");
    });
    events.on("roster", (roster) => this.#board.take(roster));
    events.on("hand", ({ name, up }) => { if (up) view.toast(`${name}: ${words.classes.hand}`); });
    events.on("error", ({ code, message }) => view.toast(words.trouble.messages[code] ?? classProblem(code, message)));
    void attempt.connect({ mirror: "auto", annotated: false, learner: "", video: view.video });
  }

  /** What is wrong with the picture that the class sees. @param {string} problem as the server names it; "" for nothing */
  #showProblem(problem) {
    if (problem === this.#problem || this.#camera.isMissing) return;
    this.#problem = problem;
    this.#view.showNotice(problem && classProblem(problem, problem));
  }

  /** @param {MediaStream} stream of the lesson, or of the own camera */
  #show(stream) {
    const { video } = this.#view;
    video.muted = true; // until the teacher starts the class
    video.srcObject = stream;
    video.play().catch(() => {}); // another stream came before it began
  }

  /** @param {MediaStream} stream */
  #onCamera(stream) {
    this.#view.showNotice("");
    this.#show(stream);
    this.#seat?.setPicture(stream.getVideoTracks()[0]);
  }

  /** @param {TeacherAttempt} attempt @param {State} state */
  #onState(attempt, { state, reason }) {
    if (attempt !== this.#attempt) return;
    this.#view.showState(state);
    this.#board.onState(state);
    if (state === "ended") this.#finish(reason === REPLACED);
  }

  /** @param {TeacherAttempt} attempt @param {Failure} failure */
  #onFailure(attempt, { problem, code = "", detail = "" }) {
    if (attempt !== this.#attempt) return;
    if (code === "class_ended" || code === "unknown_class") return this.#finish();
    const { title, action } = words.problems[problem];
    const reason = code || detail ? ` ${classProblem(code, detail)}` : "";
    this.#view.showNotice(`${title}.${reason}`, action, () => this.#connect(/** @type {TeacherAttempt} */ (attempt.continued())));
  }

  async #end() {
    if (!this.#opened) return;
    try {
      await endClass(this.#opened.code, this.#opened.token);
      this.#finish();
    } catch (error) {
      this.#view.toast(errorSentence(error));
    }
  }

  /** The class is over: its report. @param {boolean} [isElsewhere] it goes on, with this teacher in another window */
  #finish(isElsewhere = false) {
    if (this.#phases.phase !== "teaching") return;
    this.#release();
    this.#phases.handle("report");
    if (isElsewhere) this.#reportView.showElsewhere(this.#opened?.title ?? "");
    else void this.#showReport();
  }

  async #showReport() {
    const opened = this.#opened;
    if (!opened) return;
    this.#reportView.showProgress(opened.title, false);
    let hasCome = false, isWhole = false;
    for (let tries = 0; tries < REPORT_TRIES && this.#opened === opened; tries += 1) {
      try {
        const report = await fetchClassReport(opened.code, opened.token);
        if (this.#opened !== opened) return;
        if (!isWhole) this.#reportView.show(report);
        this.#reportView.showKept(report.kept ?? null);
        hasCome = true;
        isWhole = report.complete;
        if (isBeingKept(report)) tries = 0;
        else if (isWhole) return;
      } catch {
        // The server may be busy, or be ending the class.
      }
      await delay(REPORT_PAUSE_MS);
    }
    if (this.#opened === opened && !hasCome) this.#reportView.showProgress(opened.title, true);
  }

  /** @param {string} id */
  async #openLesson(id) {
    try {
      this.emit("lesson", await fetchLesson(id));
    } catch (error) {
      this.#reportView.showError(errorSentence(error));
    }
  }

  async #download() {
    const opened = this.#opened;
    if (!opened) return;
    try {
      this.#reportView.download(await fetchClassCsv(opened.code, opened.token), `${opened.code}.csv`);
    } catch (error) {
      this.#reportView.showError(errorSentence(error));
    }
  }

  /** Shows it in the current language. */
  update() {
    this.#view.update();
    this.#reportView.update();
  }

  /** The class is over or left: camera, microphone and connection are closed. */
  #release() {
    writeTabStorage(KEY, "");
    const attempt = this.#attempt;
    this.#attempt = null;
    this.#seat = null;
    attempt?.leave();
    this.#camera.close();
    this.#view.close();
    this.#board.close();
    this.#wakeLock.keep(false);
  }

  /** Forgets the report. */
  close() {
    this.#opened = null;
  }
}

/** Whether it is not known yet what lesson the class becomes. @param {ClassReport} report */
const isBeingKept = ({ kept }) => Boolean(kept && !["ready", "failed", "cancelled"].includes(kept.state));
