// @ts-check
// One attempt at a lesson: which lesson, from where, how fast, with its camera and its connection.

import { listVideoUrls } from "../lessons/lesson_videos.js";
import { AttemptEvents } from "./attempt_events.js";
import { CameraError } from "./open_camera.js";
import { PlaybackPosition } from "./playback_position.js";
import { ReconnectingSession } from "./reconnect.js";
import { Webcam } from "./webcam.js";

/** @import { Lesson } from "../api.js" */
/** @import { CameraStatus, ClientMessage, LessonState, Loop, State, Welcome } from "./protocol.js" */
/** @import { Seat } from "../classes/seat.js" */
/** @import { SessionOptions } from "./session.js" */

/** @typedef {{ rate: number, loop: Loop | null }} Pace */
/** @type {Pace} */
const NORMAL_PACE = { rate: 1, loop: null };
const PRACTICE_RATE = 0.75;
/** The reason with which the server pauses while it hears nothing of us; it resumes by itself. */
const CONNECTION_PAUSE = "connection";
/** The same, while the phone that is the camera shows nobody. */
const CAMERA_PAUSE = "camera";

export class Attempt {
  /** Everything that the view shows of this attempt. */
  events = new AttemptEvents();
  position = new PlaybackPosition();
  webcam = new Webcam();
  /** Why the server ended it, as the server puts it. */
  reason = "";
  /** Rates that the server can play. */
  rates = [1];
  /** It was started, so there are a position and a score to lose. */
  hasStarted = false;
  /** It was playing or counting down, so it goes on without a click once the server is ready. */
  shouldPlay = false;
  /** The server has paused it until the phone shows somebody; it goes on by itself. */
  waitsForPhone = false;
  /** What the server says of cameras; null while no phone ever came. @type {CameraStatus | null} */
  cameras = null;
  /** Its place in a class; null: it is the learner's own. @type {Seat | null} */
  seat = null;
  /** It is paused because the page was hidden. */
  wasHidden = false;
  #session = "";
  /** @type {ReconnectingSession | null} */
  #connection = null;
  /** @type {LessonState | ""} as the server reported it last */
  #state = "";
  /** The server that welcomed us knows our position. */
  #resumed = false;
  /** The pace is still to be requested in this session. */
  #paceIsDue = true;

  /** @param {Lesson} lesson @param {number} [from_s] @param {Pace} [pace] */
  constructor(lesson, from_s = 0, pace = NORMAL_PACE) {
    this.lesson = lesson;
    this.pace = pace;
    /** This device has no camera: a phone is the camera. */
    this.screenOnly = false;
    this.position.set(from_s, 0, 0);
    this.#listenToCamera();
    this.#listenToServer();
  }

  /** A passage, slowed down and repeated. @param {Lesson} lesson @param {Loop} passage */
  static ofPassage(lesson, passage) {
    return new Attempt(lesson, passage[0], { rate: PRACTICE_RATE, loop: passage });
  }

  /** A new attempt at the same lesson, from where this one was interrupted. @returns {Attempt} */
  continued() {
    const next = this.copy(this.#position_s, this.pace);
    next.shouldPlay = this.shouldPlay;
    next.hasStarted = this.hasStarted;
    next.screenOnly = this.screenOnly;
    next.#session = this.session;
    return next;
  }

  /** @param {number} from_s @param {Pace} pace @returns {Attempt} of the same lesson */
  copy(from_s, pace) {
    return new Attempt(this.lesson, from_s, pace);
  }

  /**
   * Opens the camera, unless a phone is to be it, then the connection.
   * @param {Omit<SessionOptions, "camera" | "lesson" | "videoUrls" | "resume" | "withoutWebRtc">} options
   */
  async connect(options) {
    try {
      const camera = this.screenOnly ? null : await this.webcam.open();
      if (!camera && !this.screenOnly) return;
      this.#connection = new ReconnectingSession(
        this.events,
        { ...options, camera, lesson: this.lesson.id, videoUrls: listVideoUrls(this.lesson) }, this.#session);
      this.#connection.start();
    } catch (error) {
      if (!(error instanceof CameraError)) throw error;
      this.events.emit("failure", { problem: error.problem });
    }
  }

  #listenToCamera() {
    this.webcam.on("change", () => {
      if (this.webcam.isMissing && !this.usesPhone) this.pause();
      this.events.emit("cameraChange");
    });
    this.webcam.on("stream", (camera) => {
      void this.#connection?.replaceCamera(camera);
      this.events.emit("webcam", camera);
    });
  }

  #listenToServer() {
    this.events.on("message", () => this.position.onMessage(performance.now()));
    this.events.on("welcome", (welcome) => this.#onWelcome(welcome));
    this.events.on("camera", (status) => { this.cameras = status; });
    this.events.on("state", (state) => this.#onState(state));
    this.events.on("retry", () => this.position.freeze(performance.now()));
    this.events.on("failure", () => {
      this.position.freeze(performance.now());
      this.webcam.close();
    });
  }

  /** @param {Welcome} welcome */
  #onWelcome({ rates, resumed }) {
    this.#paceIsDue = true;
    this.cameras = null; // of the session before
    this.rates = rates ?? [1];
    this.#resumed = Boolean(resumed);
    // What was never started resumes nothing but a place on the server.
    if (resumed && this.hasStarted) this.position.set(resumed.lesson_s, performance.now(), 0);
  }

  /** @param {State} message */
  #onState({ state, lesson_s, reason, ...message }) {
    this.#state = state;
    const pace = { rate: message.rate ?? 1, loop: message.loop ?? null };
    if (state === "ready" && this.#paceIsDue) this.#requestPace(pace);
    else this.pace = pace;
    if (state === "ended") {
      this.reason = reason ?? "";
      this.webcam.close();
    } else if (state !== "ready") {
      this.hasStarted = true;
      this.waitsForPhone = state === "paused" && reason === CAMERA_PAUSE;
      this.shouldPlay = state !== "paused" || reason === CONNECTION_PAUSE || this.waitsForPhone;
      this.position.set(lesson_s, performance.now(), state === "playing" ? pace.rate : 0);
    }
    if (state === "playing") this.#onPlaying();
  }

  #onPlaying() {
    if (!this.canPlay) return this.pause(); // the count-down had begun already
    this.wasHidden = false;
    this.webcam.acknowledge();
  }

  /** A phone is the camera, or is expected to be. */
  get usesPhone() {
    return this.screenOnly || (this.cameras !== null && this.cameras.source !== "own");
  }

  /** The page is visible and the camera works. */
  get canPlay() {
    return !document.hidden && (this.usesPhone || !this.webcam.isMissing);
  }

  /** Once a session: asks for the pace that we want where the server's differs. @param {Pace} current */
  #requestPace(current) {
    const { rate, loop } = this.pace;
    this.#paceIsDue = false;
    if (rate !== current.rate) this.setRate(rate);
    if (loop && String(loop) !== String(current.loop)) this.setLoop(loop);
  }

  start() {
    const lesson_s = this.#position_s;
    const serverKnows = this.hasStarted && this.#resumed; // and better than we do
    this.send({ type: "start", ...(lesson_s > 0 && !serverKnows && { lesson_s }) });
  }

  /** Id of the session that carries it, or carried it last. */
  get session() {
    return this.#connection?.session ?? this.#session;
  }

  get #position_s() {
    return this.position.at(performance.now());
  }

  /** Pauses; during the count-down, as soon as that is over. */
  pause() {
    this.shouldPlay = false;
    if (this.#state !== "playing") return;
    this.#state = "paused";
    this.send({ type: "pause" });
  }

  resume() {
    this.send({ type: "resume" });
  }

  stop() {
    this.send({ type: "stop" });
  }

  /** The page was hidden, so it pauses; or it is visible again, so it checks the connection. */
  onVisibilityChange() {
    if (!document.hidden) return this.checkConnection();
    this.wasHidden ||= this.shouldPlay;
    this.pause();
  }

  /** Reconnects if nothing comes any more. */
  checkConnection() {
    this.#connection?.checkConnection();
  }

  /** Seeks, at most to the nearest end of the lesson. @param {number} lesson_s */
  seek(lesson_s) {
    const target_s = Math.max(0, Math.min(lesson_s, this.lesson.duration_s));
    this.send({ type: "seek", lesson_s: target_s });
    const rate = this.#state === "playing" ? this.pace.rate : 0;
    this.position.set(target_s, performance.now(), rate); // until the server confirms it
  }

  /** @param {number} rate */
  setRate(rate) {
    if (this.rates.includes(rate)) this.send({ type: "rate", rate });
  }

  /** @param {Loop | null} loop a passage to repeat; null ends the repetition */
  setLoop(loop) {
    this.send({ type: "loop", ...(loop && { from_s: loop[0], to_s: loop[1] }) });
  }

  /** @param {ClientMessage} message */
  send(message) {
    this.#connection?.send(message);
  }

  /** Reconnects at once if it waits for the next try. */
  tryNow() {
    this.#connection?.tryNow();
  }

  leave() {
    this.webcam.close();
    this.#connection?.leave();
  }

  /** As `leave`, for a page that is being closed. */
  abandon() {
    this.webcam.close();
    this.#connection?.abandon();
  }
}
