// @ts-check
// The raise-your-arms check: a figure, the learner with it, and what the server makes of it.

import { raised_deg } from "./arm_figure.js";

/** @import { Figure } from "./arm_figure.js" */
/** @import { Calibrated, ClientMessage } from "../connection/protocol.js" */

const PERIOD_MS = 2100; // not a multiple of the time between poses: they then meet every height
const CYCLES = 6; // the first is for joining in
const LEAD_S = 3;
const PLACED_MS = 800; // in view so long, and it begins
const PATIENCE_MS = 9000; // who cannot be seen whole (a desk, a small room) may try all the same
const ANSWER_MS = 4000;
const LOOK_MS = 100;

/**
 * `placing`: until the learner stands in view. `counting`: seconds to go. `moving`: with the figure.
 * `waiting`: for the server.
 * @typedef {"off" | "placing" | "counting" | "moving" | "waiting"} CheckPhase
 */

/** Events: `phase`, `send` (detail a ClientMessage), `told` (detail a Calibrated). */
export class ArmsCheck extends EventTarget {
  /** @type {CheckPhase} */
  phase = "off";
  /** Seconds to go while counting, cycles done while moving. */
  count = 0;
  of = CYCLES;
  #figure;
  #course = { begins_ms: 0, period_ms: PERIOD_MS, cycles: CYCLES };
  #begun_ms = 0;
  #placed_ms = Infinity; // since when the learner stands well
  #frame = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {Figure} figure */
  constructor(figure) {
    super();
    this.#figure = figure;
  }

  get isOn() {
    return this.phase !== "off";
  }

  begin() {
    this.stop();
    this.#begun_ms = performance.now();
    this.#placed_ms = Infinity;
    this.#figure.show(raised_deg(0, this.#course));
    this.#enter("placing");
    this.#timer = setInterval(() => this.#look(performance.now()), LOOK_MS);
  }

  /** What the server says of the place where the learner stands. @param {string[]} framing */
  see(framing) {
    if (framing.length) this.#placed_ms = Infinity;
    else this.#placed_ms = Math.min(this.#placed_ms, performance.now());
  }

  /** @param {Calibrated} found */
  hear(found) {
    if (this.phase !== "moving" && this.phase !== "waiting") return;
    this.#end();
    this.dispatchEvent(new CustomEvent("told", { detail: found }));
  }

  /** Calls it off. */
  stop() {
    if (this.isOn && this.phase !== "placing") this.#send({ type: "calibrate" });
    this.#end();
  }

  #end() {
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#enter("off");
  }

  /** @param {number} now_ms */
  #look(now_ms) {
    const { begins_ms, period_ms, cycles } = this.#course;
    const ends_ms = begins_ms + period_ms * cycles;
    if (this.phase === "placing") {
      const placed = now_ms - this.#placed_ms >= PLACED_MS;
      if (placed || now_ms - this.#begun_ms >= PATIENCE_MS) this.#lead(now_ms);
    } else if (this.phase === "counting") {
      this.#enter(now_ms < begins_ms ? "counting" : "moving", Math.ceil((begins_ms - now_ms) / 1000));
    } else if (this.phase === "moving") {
      this.#enter(now_ms < ends_ms ? "moving" : "waiting", Math.floor((now_ms - begins_ms) / period_ms));
    } else if (now_ms > ends_ms + ANSWER_MS) {
      this.hear({ type: "calibrated", latency_ms: null, spread_ms: null, cycles: 0, problem: "unseen" });
    }
  }

  /** @param {number} now_ms */
  #lead(now_ms) {
    this.#course = { ...this.#course, begins_ms: now_ms + LEAD_S * 1000 };
    this.#send({ type: "calibrate", ...this.#course });
    this.#enter("counting", LEAD_S);
    this.#draw(now_ms, now_ms);
  }

  /** @param {number} now_ms @param {number} before_ms */
  #draw(now_ms, before_ms) {
    // What is drawn now is on the screen a frame later.
    const frame_ms = Math.min(50, Math.max(0, now_ms - before_ms));
    this.#figure.show(raised_deg(now_ms + frame_ms, this.#course));
    this.#frame = requestAnimationFrame((next_ms) => this.#draw(next_ms, now_ms));
  }

  /** @param {CheckPhase} phase @param {number} [count] */
  #enter(phase, count = 0) {
    if (phase === this.phase && count === this.count) return;
    this.phase = phase;
    this.count = count;
    this.dispatchEvent(new Event("phase"));
  }

  /** @param {ClientMessage} message */
  #send(message) {
    this.dispatchEvent(new CustomEvent("send", { detail: message }));
  }
}
