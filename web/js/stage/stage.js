// @ts-check
// The stage: shows an attempt at a lesson, and passes on what the learner asks for.

import { findPart } from "../dom.js";
import { Emitter } from "../emitter.js";
import { SoundCues } from "../feedback/sound_cues.js";
import { Toast } from "../feedback/toast.js";
import { words } from "../i18n/words.js";
import { isRunning } from "../phases.js";
import { AbsenceDetector } from "./absence_detector.js";
import { CameraSource } from "./camera_source.js";
import { framingAdvice } from "./framing_checklist.js";
import { Interruptions } from "./interruptions.js";
import { PracticeControls } from "./practice_controls.js";
import { ScoreDisplay } from "./scores/score_display.js";
import { Settings } from "./settings.js";
import { Standby } from "./standby.js";
import { Transport } from "./transport.js";
import { VideoPanels } from "./video_panels.js";
import { ScreenWakeLock } from "./wake_lock.js";

/** @import { Attempt } from "../connection/attempt.js" */
/** @import { Failure, RetryCountdown } from "../connection/attempt_events.js" */
/** @import { Mirror, Score, State, Summary, Welcome } from "../connection/protocol.js" */
/** @import { Group } from "../lessons/dancers_choice.js" */
/** @import { Phase, PhaseMachine } from "../phases.js" */

const UPDATE_MS = 80; // a pixel or two of the progress bar

/**
 * Emits `summary` at the end of an attempt, `failure` if it failed, `leave` if the learner leaves it.
 * @extends {Emitter<{ summary: { attempt: Attempt, summary: Summary }, failure: Failure, leave: void }>}
 */
export class Stage extends Emitter {
  /** @type {Attempt | null} */
  attempt = null;
  #root;
  #phases;
  #start;
  #panels;
  #display;
  #transport;
  #practice;
  #interruptions;
  #cameras;
  #toast;
  #settings;
  #standby;
  #absence = new AbsenceDetector();
  #cues = new SoundCues();
  #wakeLock = new ScreenWakeLock();

  /** @param {HTMLElement} root @param {PhaseMachine} phases */
  constructor(root, phases) {
    super();
    this.#phases = phases;
    this.#root = root;
    this.#start = findPart(root, "start", HTMLButtonElement);
    this.#panels = new VideoPanels(root);
    this.#display = new ScoreDisplay(root, this.#panels.canvas);
    this.#transport = new Transport(findPart(root, "transport", HTMLElement), this.#panels.instructor);
    this.#practice = new PracticeControls(findPart(root, "practice", HTMLElement), () => this.#position_s);
    this.#interruptions = new Interruptions(findPart(root, "interruption", HTMLElement), this.#absence);
    this.#toast = new Toast(findPart(root, "remark", HTMLElement));
    this.#settings = new Settings(findPart(root, "settings", HTMLElement), this.#cues.enabled);
    this.#standby = new Standby(root, this.#settings);
    this.#cameras = new CameraSource(root, this.#panels, this.#standby, this.#toast);
    this.#listenToControls();
    this.#listenToStandby();
    this.#listenToWindow();
  }

  get #position_s() {
    return this.attempt ? this.attempt.position.at(performance.now()) : 0;
  }

  /**
   * Shows an attempt and connects it.
   * @param {Attempt} attempt
   * @param {{ mirror: Mirror, learner: string, group: Group, dancers?: number, learners?: (string | null)[] }} choices
   */
  open(attempt, { mirror, learner, group, dancers, learners }) {
    this.attempt = attempt;
    this.#absence.reset();
    this.#phases.handle("pick");
    this.#panels.prepare(attempt.lesson);
    this.#display.open(mirror, group);
    this.#standby.setDancers(group.dancers);
    this.#transport.setDuration(attempt.lesson.duration_s);
    this.#transport.show(this.#position_s);
    this.#practice.enableRates(attempt.rates);
    this.#practice.reset(attempt.pace);
    findPart(this.#root, "title", HTMLElement).textContent = attempt.lesson.title;
    this.#listenToAttempt(attempt);
    this.#cameras.start(attempt);
    if (attempt.screenOnly) this.#phases.handle("opened");
    const annotated = new URLSearchParams(location.search).has("annotated");
    void attempt.connect({ mirror, annotated, learner, dancers, learners, video: this.#panels.instructor });
  }

  /** The view's only subscriptions to the camera and the server. @param {Attempt} attempt */
  #listenToAttempt(attempt) {
    const { events } = attempt;
    events.on("webcam", (stream) => this.#onCamera(attempt, stream));
    events.on("camera", (status) => {
      this.#cameras.update(status);
      this.#showInterruption();
    });
    events.on("cameraChange", () => this.#showInterruption());
    events.on("instructor", (stream) => this.#panels.showInstructor(stream));
    events.on("annotated", (stream) => this.#panels.showAnnotated(stream));
    events.on("fallback", (reason) => this.#toast.show(words.trouble.fallback[reason]));
    events.on("retry", (countdown) => this.#onRetry(countdown));
    events.on("failure", (failure) => this.emit("failure", failure));
    events.on("welcome", (welcome) => this.#onWelcome(attempt, welcome));
    events.on("state", (state) => this.#onState(attempt, state));
    events.on("score", (score) => this.#onScore(score));
    events.on("calibrated", (result) => this.#standby.onCalibrated(result));
    events.on("error", ({ code, message }) => this.#toast.show(words.trouble.messages[code] ?? message));
    events.on("summary", (summary) => {
      this.#phases.handle("summary");
      this.emit("summary", { attempt, summary });
    });
  }

  #listenToControls() {
    this.#start.addEventListener("click", () => this.#startLesson());
    findPart(this.#root, "leave-stage", HTMLButtonElement)
      .addEventListener("click", () => this.emit("leave"));
    findPart(this.#root, "panels", HTMLElement).addEventListener("click", ({ target }) => {
      const isVideo = target instanceof Element && target.closest(".picture"); // the largest button
      if (isRunning(this.#phases.phase) && isVideo) this.#toggle();
    });
    this.#transport.on("toggle", () => this.#toggle());
    this.#transport.on("stop", () => this.#stop());
    this.#transport.on("silenced", () => this.#toast.show(words.stage.tapForSound));
    this.#transport.on("seek", (lesson_s) => this.#seek(lesson_s));
    this.#transport.on("step", (by_s) => this.#seek(this.#position_s + by_s));
    this.#practice.on("rate", (rate) => this.attempt?.setRate(rate));
    this.#practice.on("loop", (loop) => this.attempt?.setLoop(loop));
    this.#practice.on("marks", (marks) => this.#transport.showMarks(marks));
    this.#practice.on("toast", (sentence) => this.#toast.show(sentence));
    this.#interruptions.on("toggle", () => this.#toggle());
    this.#interruptions.on("pair", () => this.#cameras.pair());
    this.#interruptions.on("leave", () => this.emit("leave"));
  }

  #listenToStandby() {
    this.#settings.on("cues", (enabled) => { this.#cues.enabled = enabled; });
    this.#display.on("combo", () => this.#cues.play("combo"));
    this.#standby.on("start", () => this.#toggle());
    this.#standby.on("send", (message) => this.attempt?.send(message));
    this.#standby.on("prompt", ({ text, tone }) => this.#display.showPrompt(text, tone));
    this.#standby.on("checked", () => this.#start.focus());
  }

  #listenToWindow() {
    window.addEventListener("keydown", (event) => {
      if ((!isRunning(this.#phases.phase) && this.#phases.phase !== "ready") || this.#cameras.isPairing) return;
      this.#transport.onKey(event);
      this.#practice.onKey(event);
    });
    document.addEventListener("visibilitychange", () => this.attempt?.onVisibilityChange());
    window.addEventListener("online", () => this.attempt?.tryNow());
    window.addEventListener("pagehide", () => {
      this.attempt?.abandon();
      this.#phases.handle("leave"); // a page restored from the browser's cache starts at the lessons
    });
  }

  /** @param {Attempt} attempt @param {MediaStream} stream */
  #onCamera(attempt, stream) {
    this.#phases.handle("opened");
    this.#panels.showLearner(stream);
    this.#cameras.update();
    this.#sendLatency();
  }

  /** @param {Attempt} attempt @param {Welcome} welcome */
  #onWelcome(attempt, { lesson, resumed }) {
    this.#transport.setDuration(lesson.duration_s);
    this.#practice.enableRates(attempt.rates);
    this.#display.setLesson(lesson);
    this.#cameras.update();
    this.#sendLatency();
    if (attempt.hasStarted && !resumed) this.#toast.show(words.stage.scoreLost);
  }

  /** Tells the server the latency of this camera, which it cannot measure. */
  #sendLatency() {
    const { latency_ms } = this.#standby;
    if (latency_ms !== null) this.attempt?.send({ type: "camera", latency_ms });
  }

  /** @param {Score} score */
  #onScore(score) {
    const now_ms = performance.now();
    const isPlaying = this.#phases.phase === "playing";
    const all = this.#display.show(score, isPlaying, this.#absence.isWaiting, now_ms);
    if (!isPlaying) this.#standby.onScore(all, now_ms);
    else if (this.#absence.update(all.pose, now_ms)) this.attempt?.pause();
    if (this.#phases.phase === "paused" && this.#absence.isWaiting) this.#awaitLearner(all);
  }

  /** Nobody was in view: shows how to stand right, and resumes when somebody does. @param {Score} score */
  #awaitLearner({ framing }) {
    this.#interruptions.showProgress(framingAdvice(framing ?? []) ?? "");
    if (this.#absence.isOver(framing)) this.#toggle();
  }

  /** @param {Attempt} attempt @param {State} message */
  #onState(attempt, { state, countdown_s }) {
    const before = this.#phases.phase;
    this.#phases.handle(state);
    if (state === "playing") this.#absence.onPlaying();
    if (state === "counting") this.#cues.play("tick");
    if (state === "playing" && before === "counting") this.#cues.play("go");
    if (state === "playing" && before === "playing" && attempt.pace.loop) this.#cues.play("passage");
    this.#panels.countDown(state === "counting" ? countdown_s ?? 0 : 0);
    this.#transport.setPlaying(state !== "paused");
    this.#practice.show(attempt.pace);
    if (state === "paused") this.#display.showPrompt(words.stage.paused, "fine");
    if (state === "ready" && attempt.shouldPlay && attempt.canPlay) this.#startLesson();
    this.#showInterruption();
  }

  /** @param {RetryCountdown} countdown */
  #onRetry(countdown) {
    this.#phases.handle("lost");
    this.#panels.showPoster();
    this.#display.showPrompt("");
    this.#showInterruption();
    this.#interruptions.showRetry(countdown);
  }

  /** Shows what keeps the lesson from going on, or hides the panel. */
  #showInterruption() {
    this.#interruptions.show(this.attempt, this.#phases.phase);
    this.#panels.showCameraMissing(Boolean(this.attempt?.webcam.isMissing && !this.attempt.usesPhone));
  }

  /** Starts the lesson and its sound, for which browsers require this click. */
  #startLesson() {
    if (this.#start.disabled || this.#standby.skipCheck()) return; // requested already, or not meant
    this.#start.disabled = true;
    this.#transport.applyVolume(this.#panels.instructor);
    this.attempt?.start();
  }

  /** Pauses, resumes or starts, whatever is possible now. */
  #toggle() {
    if (this.attempt?.webcam.isMissing && !this.attempt.usesPhone) return;
    if (this.#phases.phase === "playing") this.attempt?.pause();
    else if (this.#phases.phase === "paused") this.attempt?.resume();
    else if (this.#phases.phase === "ready") this.#startLesson();
  }

  /** @param {number} lesson_s */
  #seek(lesson_s) {
    if (["playing", "paused"].includes(this.#phases.phase)) this.attempt?.seek(lesson_s);
  }

  #stop() {
    if (this.#settings.close() || this.#standby.skipCheck()) return;
    if (isRunning(this.#phases.phase)) this.attempt?.stop();
    else this.emit("leave");
  }

  /** Closes the attempt: the learner leaves. */
  close() {
    this.attempt?.leave();
    this.attempt = null;
  }

  /** @param {Phase} phase @param {Phase} before */
  onPhase(phase, before) {
    if (phase === "ready") {
      this.#start.disabled = false;
      this.#start.textContent = this.attempt?.hasStarted ? words.stage.again : words.stage.start;
      this.#start.focus();
    }
    this.#standby.setPhase(phase);
    this.#cameras.offerPhone(phase);
    if (before === "ready" || before === "counting") this.#display.reset();
    if (phase === "choosing" || phase === "summary" || phase === "problem") {
      this.#panels.clear();
      this.#display.stop();
    }
    this.#wakeLock.keep(isRunning(phase) || phase === "ready" || phase === "reconnecting");
    if (isRunning(phase) && !isRunning(before)) this.#updateTransport();
  }

  /** Moves the progress bar while a lesson runs. */
  #updateTransport() {
    if (!this.attempt || !isRunning(this.#phases.phase)) return;
    this.#transport.show(this.#position_s);
    setTimeout(() => this.#updateTransport(), UPDATE_MS);
  }
}
