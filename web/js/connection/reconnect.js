// @ts-check
// Keeps an attempt connected: after a session is lost, the next one resumes it from the same place.

import { closeSession } from "../api.js";
import { RetrySchedule } from "./retry_schedule.js";
import { Session } from "./session.js";

/** @import { AttemptEvents } from "./attempt_events.js" */
/** @import { ClientMessage } from "./protocol.js" */
/** @import { Retry } from "./retry_schedule.js" */
/** @import { SessionFailure, SessionOptions } from "./session.js" */

/** Problems that may pass, when they happen to an attempt that was connected. @type {Set<string>} */
const TEMPORARY = new Set(
  ["connection-lost", "server-unreachable", "server-warming", "server-full", "server-stopping", "no-path",
    "relay-refused"]);

/** Emits `retry` and `failure`. */
export class ReconnectingSession {
  #events;
  #options;
  /** @type {Session} */
  #session;
  #schedule = new RetrySchedule();
  #withoutWebRtc = false;
  /** @type {Retry | null} between two sessions: the try that it waits for, or that is under way */
  #retry = null;
  /** @type {ReturnType<typeof setInterval> | undefined} runs while it waits */
  #timer;

  /**
   * @param {AttemptEvents} events
   * @param {Omit<SessionOptions, "resume" | "withoutWebRtc">} options
   * @param {string} [session] id of a session that was lost earlier
   */
  constructor(events, options, session = "") {
    this.#events = events;
    this.#options = options;
    this.wasConnected = session !== "";
    /** Id of the last session that the server accepted; the next one resumes it. */
    this.session = session;
    this.#session = this.#createSession();
    // Until the next attempt: a connection that breaks off is not kept waiting for WebRTC again.
    events.on("fallback", () => { this.#withoutWebRtc = true; });
    events.on("welcome", (welcome) => {
      this.session = welcome.session;
      this.wasConnected = true;
      this.#retry = null;
      this.#schedule.onConnected(performance.now());
    });
  }

  #createSession() {
    return new Session(this.#events, (failure) => this.#onFailure(failure));
  }

  start() {
    this.#session = this.#createSession();
    void this.#session.start(
      { ...this.#options, resume: this.session, withoutWebRtc: this.#withoutWebRtc });
  }

  /** @param {SessionFailure} failure */
  #onFailure({ problem, ...more }) {
    if (problem === "session-forgotten") {
      this.session = "";
      return this.start();
    }
    this.#retry = null;
    if (!this.wasConnected || !TEMPORARY.has(problem)) {
      return this.#events.emit("failure", { problem, ...more });
    }
    this.#retry = this.#schedule.next(performance.now());
    if (!this.#retry) return this.#events.emit("failure", { problem: "connection-lost" });
    // A server that says that the session is gone is there, so nothing has to be waited for.
    if (more.wait_s === 0 && this.#retry.attempt === 1) {
      this.#emitRetry(0);
      return this.start();
    }
    this.#countDown(Math.max(this.#retry.wait_s, Math.ceil(more.wait_s ?? 0)));
  }

  /** @param {number} left_s */
  #countDown(left_s) {
    this.#timer = setInterval(() => {
      if (document.hidden) return; // nobody waits; it tries as soon as the page is visible
      left_s -= 1;
      if (left_s > 0) this.#emitRetry(left_s);
      else this.tryNow();
    }, 1000);
    this.#emitRetry(left_s);
  }

  /** @param {number} left_s */
  #emitRetry(left_s) {
    if (!this.#retry) return;
    this.#events.emit("retry", { attempt: this.#retry.attempt, of: this.#retry.of, left_s });
  }

  /** Tries at once if it is waiting. */
  tryNow() {
    if (this.#stopWaiting()) {
      this.#emitRetry(0);
      this.start();
    }
  }

  /** Returns whether it was waiting. */
  #stopWaiting() {
    const waited = this.#timer !== undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
    return waited;
  }

  /** After the page was hidden: checks the connection at once, and reconnects if it is gone. */
  checkConnection() {
    this.#session.checkLiveness();
    this.tryNow();
  }

  /** @param {ClientMessage} message */
  send(message) {
    this.#session.send(message);
  }

  /** @param {MediaStream} camera another one, for this session and those that follow */
  async replaceCamera(camera) {
    this.#options = { ...this.#options, camera };
    await this.#session.replaceCamera(camera);
  }

  /** The learner leaves: it stops trying and tells the server. */
  leave() {
    this.#releaseLostSession();
    this.#session.leave();
  }

  /** As `leave`, for a page that is being closed: it tells the server by a beacon. */
  abandon() {
    this.#releaseLostSession();
    this.#session.abandon();
  }

  #releaseLostSession() {
    this.#stopWaiting();
    if (this.#retry && this.session) closeSession(this.session);
    this.#retry = null;
  }
}
