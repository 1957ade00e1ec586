// @ts-check
// Keeps a lesson connected: one session, and when it breaks off the next, from the same place.

import { closeSession } from "../api.js";
import { Live } from "./session.js";
import { Retries } from "./retry_schedule.js";

/** @import { Plan, Trouble } from "./session.js" */
/** @import { ClientMessage, ServerMessage } from "./protocol.js" */
/** @import { Try } from "./retry_schedule.js" */
/** @import { Problem } from "../i18n/words.js" */

/** What may be over in a moment, when it befalls a lesson that was connected. @type {Set<string>} */
const PASSING = new Set(
  ["connection-lost", "server-unreachable", "server-warming", "server-full", "server-stopping", "no-path"]);

/**
 * @typedef {{ attempt: number, of: number, left_s: number }} Wait  until the try; 0: it is at it
 * @typedef {Omit<Trouble, "problem"> & { problem: Problem }} FinalTrouble
 */

/**
 * Events: `instructor`, `annotated`, `message` as of `Live`; `wait` (detail a Wait, each second
 * between two sessions); `trouble` (detail a FinalTrouble: it does not try any more).
 */
export class Lifeline extends EventTarget {
  #plan;
  #live = new Live();
  #retries = new Retries();
  /** @type {Try | null} between two sessions: the try that it waits for, or is at */
  #try = null;
  /** @type {ReturnType<typeof setInterval> | undefined} runs while it waits */
  #timer;

  /** @param {Omit<Plan, "resume">} plan @param {string} [session] that broke off earlier */
  constructor(plan, session = "") {
    super();
    this.#plan = plan;
    this.wasConnected = session !== "";
    /** The last one that took us in: what the next goes on from. */
    this.session = session;
  }

  begin() {
    const live = new Live();
    this.#live = live;
    const detail = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail;
    live.addEventListener("instructor", (event) => this.#emit("instructor", detail(event)));
    live.addEventListener("annotated", (event) => this.#emit("annotated", detail(event)));
    live.addEventListener("message", (event) => this.#hear(detail(event)));
    live.addEventListener("trouble", (event) => this.#mend(detail(event)));
    void live.begin({ ...this.#plan, resume: this.session });
  }

  /** @param {string} type @param {unknown} detail */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {ServerMessage} message */
  #hear(message) {
    if (message.type === "welcome") {
      this.session = message.session;
      this.wasConnected = true;
      this.#try = null;
      this.#retries.connected(performance.now());
    }
    this.#emit("message", message);
  }

  /** @param {Trouble} trouble */
  #mend({ problem, ...more }) {
    if (problem === "session-forgotten") {
      this.session = "";
      return this.begin();
    }
    this.#try = null;
    if (!this.wasConnected || !PASSING.has(problem)) return this.#emit("trouble", { problem, ...more });
    this.#try = this.#retries.next(performance.now());
    if (!this.#try) return this.#emit("trouble", { problem: "connection-lost" });
    this.#wait(Math.max(this.#try.wait_s, Math.ceil(more.wait_s ?? 0)));
  }

  /** @param {number} left_s */
  #wait(left_s) {
    this.#timer = setInterval(() => {
      if (document.hidden) return; // nobody waits for it; it is tried as soon as somebody looks
      left_s -= 1;
      if (left_s > 0) this.#tell(left_s);
      else this.tryNow();
    }, 1000);
    this.#tell(left_s);
  }

  /** @param {number} left_s */
  #tell(left_s) {
    if (this.#try) this.#emit("wait", { attempt: this.#try.attempt, of: this.#try.of, left_s });
  }

  /** Tries at once, if it is waiting. */
  tryNow() {
    if (this.#stopWaiting()) {
      this.#tell(0);
      this.begin();
    }
  }

  #stopWaiting() {
    const waited = this.#timer !== undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
    return waited;
  }

  /** The page was away: look at once whether we are connected, and if not, see to it. */
  doubt() {
    this.#live.doubt();
    this.tryNow();
  }

  /** @param {ClientMessage} message */
  send(message) {
    this.#live.send(message);
  }

  /** @param {MediaStream} camera another one, for this session and those that follow */
  async useCamera(camera) {
    this.#plan = { ...this.#plan, camera };
    await this.#live.useCamera(camera);
  }

  /** The learner goes: nothing is tried any more, and the server is told. */
  leave() {
    this.#releaseTheLast();
    this.#live.leave();
  }

  /** The page goes: as above, by a beacon. */
  abandon() {
    this.#releaseTheLast();
    this.#live.abandon();
  }

  #releaseTheLast() {
    this.#stopWaiting();
    if (this.#try && this.session) closeSession(this.session);
    this.#try = null;
  }
}
