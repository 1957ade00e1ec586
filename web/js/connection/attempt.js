// @ts-check
// One go at a lesson: which, from where, how fast, and what carries it: a camera and a connection.

import { CameraError } from "./open_camera.js";
import { Lifeline } from "./reconnect.js";
import { Position } from "./playback_position.js";
import { Webcam } from "./webcam.js";

/** @import { Lesson } from "../api.js" */
/** @import { Plan } from "./session.js" */
/** @import { ClientMessage, LessonState, Loop, ServerMessage, State, Welcome } from "./protocol.js" */

/** @typedef {{ rate: number, loop: Loop | null }} Pace */
/** @type {Pace} */
const PLAIN = { rate: 1, loop: null };
const SLOWLY = 0.75;
/** Why the server pauses by itself: it hears nothing of us, and plays on when it does. */
const WAITS_FOR_US = "connection";

/**
 * Events: `camera` (detail a MediaStream: opened, or another one), `camera-change` (see `webcam`),
 * and those of `Lifeline`: `instructor`, `annotated`, `message`, `wait`, `trouble`.
 */
export class Round extends EventTarget {
  position = new Position();
  webcam = new Webcam();
  /** Why the server ended it, in its words. */
  reason = "";
  /** What the server can play. */
  rates = [1];
  /** Under way: what is lost now is a place and a score. */
  begun = false;
  /** On without a click, once the server is ready: it was playing, or about to. */
  goes = false;
  /** It pauses because nobody saw the page. */
  wasAway = false;
  #session = "";
  /** @type {Lifeline | null} */
  #line = null;
  /** @type {LessonState | ""} as the server told it last */
  #state = "";
  /** The server that welcomed us knows our place. */
  #kept = false;
  #welcomed = false;
  #asks = true;
  /** @type {State | null} a server may say that it is ready before it says what it can */
  #early = null;

  /** @param {Lesson} lesson @param {number} [from_s] @param {Pace} [pace] */
  constructor(lesson, from_s = 0, pace = PLAIN) {
    super();
    this.lesson = lesson;
    this.pace = pace;
    this.position.set(from_s, 0, 0);
    this.webcam.addEventListener("change", () => {
      if (this.webcam.gone) this.hold();
      this.#emit("camera-change");
    });
    this.webcam.addEventListener("stream", (event) => {
      const camera = /** @type {CustomEvent} */ (event).detail;
      void this.#line?.useCamera(camera);
      this.#emit("camera", camera);
    });
  }

  /** A passage, slowly and again. @param {Lesson} lesson @param {Loop} passage */
  static ofPassage(lesson, passage) {
    return new Round(lesson, passage[0], { rate: SLOWLY, loop: passage });
  }

  /** The same lesson from where this one broke off. @returns {Round} */
  continued() {
    const next = new Round(this.lesson, this.#place_s, this.pace);
    next.goes = this.goes;
    next.begun = this.begun;
    next.#session = this.session;
    return next;
  }

  /** Opens the camera, then the connection. @param {Omit<Plan, "camera" | "lesson" | "resume">} plan */
  async begin(plan) {
    try {
      const camera = await this.webcam.open();
      if (!camera) return;
      this.#line = new Lifeline({ ...plan, camera, lesson: this.lesson.id }, this.#session);
      this.#listen(this.#line);
      this.#line.begin();
    } catch (error) {
      if (!(error instanceof CameraError)) throw error;
      this.#emit("trouble", { problem: error.problem });
    }
  }

  /** @param {Lifeline} line */
  #listen(line) {
    const detail = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail;
    line.addEventListener("instructor", (event) => this.#emit("instructor", detail(event)));
    line.addEventListener("annotated", (event) => this.#emit("annotated", detail(event)));
    line.addEventListener("message", (event) => this.#hear(detail(event)));
    line.addEventListener("wait", (event) => {
      this.position.hold(performance.now());
      this.#welcomed = false;
      this.#early = null;
      this.#emit("wait", detail(event));
    });
    line.addEventListener("trouble", (event) => {
      this.position.hold(performance.now());
      this.webcam.close();
      this.#emit("trouble", detail(event));
    });
  }

  /** @param {string} type @param {unknown} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {ServerMessage} message */
  #hear(message) {
    this.position.heard(performance.now());
    if (message.type === "state" && message.state === "ready" && !this.#welcomed) {
      this.#early = message;
      return;
    }
    if (message.type === "welcome") this.#beWelcomed(message);
    if (message.type === "state") this.#follow(message);
    this.#emit("message", message);
    if (message.type === "welcome" && this.#early) this.#hear(this.#early);
  }

  /** @param {Welcome} welcome */
  #beWelcomed({ rates, resumed }) {
    this.#welcomed = true;
    this.#asks = true;
    this.rates = rates ?? [1];
    this.#kept = Boolean(resumed);
    if (resumed) this.position.set(resumed.lesson_s, performance.now(), 0);
  }

  /** @param {State} state */
  #follow({ state, lesson_s, reason, ...told }) {
    this.#state = state;
    const given = { rate: told.rate ?? 1, loop: told.loop ?? null };
    if (state === "ready" && this.#asks) this.#askFor(given);
    else this.pace = given;
    if (state === "ended") {
      this.reason = reason ?? "";
      this.webcam.close();
    } else if (state !== "ready") {
      this.begun = true;
      this.goes = state !== "paused" || reason === WAITS_FOR_US;
      this.position.set(lesson_s, performance.now(), state === "playing" ? given.rate : 0);
    }
    if (state === "playing") this.#played();
  }

  #played() {
    if (!this.mayGo) return this.hold(); // the count-down was on its way already
    this.wasAway = false;
    this.webcam.settle();
  }

  /** Somebody is there to dance, and can be seen. */
  get mayGo() {
    return !document.hidden && !this.webcam.gone;
  }

  /** Once a session: what we want and it does not have yet. @param {Pace} given */
  #askFor(given) {
    const { rate, loop } = this.pace;
    this.#asks = false;
    if (rate !== given.rate) this.setRate(rate);
    if (loop && String(loop) !== String(given.loop)) this.setLoop(loop);
  }

  start() {
    const lesson_s = this.#place_s;
    const there = this.begun && this.#kept; // then the server knows the place better than we do
    this.#send({ type: "start", ...(lesson_s > 0 && !there && { lesson_s }) });
  }

  /** The session that carries it, or carried it last. */
  get session() {
    return this.#line?.session ?? this.#session;
  }

  get #place_s() {
    return this.position.at(performance.now());
  }

  /** Pauses; while it is counting down, as soon as that is over. */
  hold() {
    this.goes = false;
    if (this.#state !== "playing") return;
    this.#state = "paused";
    this.#send({ type: "pause" });
  }

  goOn() {
    this.#send({ type: "resume" });
  }

  stop() {
    this.#send({ type: "stop" });
  }

  /** Nobody sees the page any more, or somebody does again: are we still connected? */
  look() {
    if (!document.hidden) return this.#line?.doubt();
    this.wasAway ||= this.goes;
    this.hold();
  }

  /** Goes to a place, or to the nearest end of the lesson. @param {number} lesson_s */
  seek(lesson_s) {
    const within_s = Math.max(0, Math.min(lesson_s, this.lesson.duration_s));
    this.#send({ type: "seek", lesson_s: within_s });
    const rate = this.#state === "playing" ? this.pace.rate : 0;
    this.position.set(within_s, performance.now(), rate); // until the server says so, too
  }

  /** @param {number} rate */
  setRate(rate) {
    if (this.rates.includes(rate)) this.#send({ type: "rate", rate });
  }

  /** @param {Loop | null} loop a passage to repeat, or an end of it */
  setLoop(loop) {
    this.#send({ type: "loop", ...(loop && { from_s: loop[0], to_s: loop[1] }) });
  }

  /** For what is not about the lesson's course. @param {ClientMessage} message */
  tell(message) {
    this.#send(message);
  }

  /** @param {ClientMessage} message */
  #send(message) {
    this.#line?.send(message);
  }

  tryNow() {
    this.#line?.tryNow();
  }

  leave() {
    this.webcam.close();
    this.#line?.leave();
  }

  /** As `leave`, for a page that is being torn down. */
  abandon() {
    this.webcam.close();
    this.#line?.abandon();
  }
}
