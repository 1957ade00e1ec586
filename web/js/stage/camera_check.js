// @ts-check
// Measures the camera's latency: the learner raises their arms with a figure, the server compares.

import { Emitter } from "../emitter.js";
import { raised_deg } from "./arm_figure.js";

/** @import { Calibrated, ClientMessage } from "../connection/protocol.js" */
/** @import { ArmFigure } from "./arm_figure.js" */

const PERIOD_MS = 2100; // no multiple of the time between poses, so that they sample every height
const CYCLES = 6; // the learner joins in during the first
const LEAD_S = 3;
const IN_PLACE_MS = 800; // in view for so long, and it begins
const PLACING_TIMEOUT_MS = 9000; // who cannot be seen whole (a desk, a small room) may try anyway
const ANSWER_TIMEOUT_MS = 4000;
const INTERVAL_MS = 100;

/**
 * `placing`: until the learner stands in view. `counting`: counts down. `moving`: with the figure.
 * `waiting`: for the server's result.
 * @typedef {"off" | "placing" | "counting" | "moving" | "waiting"} CheckPhase
 */

/** @extends {Emitter<{ phase: void, send: ClientMessage, result: Calibrated }>} */
export class CameraCheck extends Emitter {
  /** @type {CheckPhase} */
  phase = "off";
  /** Seconds left while counting, cycles done while moving. */
  count = 0;
  of = CYCLES;
  #figure;
  #motion = { begins_ms: 0, period_ms: PERIOD_MS, cycles: CYCLES };
  #placing_ms = 0; // when `placing` began
  #inPlace_ms = Infinity; // since when the learner stands well
  #frame = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {ArmFigure} figure */
  constructor(figure) {
    super();
    this.#figure = figure;
  }

  get isOn() {
    return this.phase !== "off";
  }

  start() {
    this.stop();
    this.#placing_ms = performance.now();
    this.#inPlace_ms = Infinity;
    this.#figure.show(raised_deg(0, this.#motion));
    this.#setPhase("placing");
    this.#timer = setInterval(() => this.#advance(performance.now()), INTERVAL_MS);
  }

  /** Takes what the server reports about where the learner stands. @param {string[]} framing */
  onFraming(framing) {
    if (framing.length) this.#inPlace_ms = Infinity;
    else this.#inPlace_ms = Math.min(this.#inPlace_ms, performance.now());
  }

  /** @param {Calibrated} result */
  onResult(result) {
    if (this.phase !== "moving" && this.phase !== "waiting") return;
    this.#end();
    this.emit("result", result);
  }

  /** Cancels it, also on the server. */
  stop() {
    if (this.isOn && this.phase !== "placing") this.emit("send", { type: "calibrate" });
    this.#end();
  }

  #end() {
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#setPhase("off");
  }

  /** Goes to the next phase when it is time. @param {number} now_ms */
  #advance(now_ms) {
    const { begins_ms, period_ms, cycles } = this.#motion;
    const ends_ms = begins_ms + period_ms * cycles;
    if (this.phase === "placing") {
      const isInPlace = now_ms - this.#inPlace_ms >= IN_PLACE_MS;
      if (isInPlace || now_ms - this.#placing_ms >= PLACING_TIMEOUT_MS) this.#countDown(now_ms);
    } else if (this.phase === "counting") {
      this.#setPhase(now_ms < begins_ms ? "counting" : "moving", Math.ceil((begins_ms - now_ms) / 1000));
    } else if (this.phase === "moving") {
      this.#setPhase(now_ms < ends_ms ? "moving" : "waiting", Math.floor((now_ms - begins_ms) / period_ms));
    } else if (now_ms > ends_ms + ANSWER_TIMEOUT_MS) {
      this.onResult({ type: "calibrated", latency_ms: null, spread_ms: null, cycles: 0, problem: "unseen" });
    }
  }

  /** @param {number} now_ms */
  #countDown(now_ms) {
    this.#motion = { ...this.#motion, begins_ms: now_ms + LEAD_S * 1000 };
    this.emit("send", { type: "calibrate", ...this.#motion });
    this.#setPhase("counting", LEAD_S);
    this.#animate(now_ms, now_ms);
  }

  /** @param {number} now_ms @param {number} before_ms */
  #animate(now_ms, before_ms) {
    // What is drawn now is on the screen a frame later.
    const frame_ms = Math.min(50, Math.max(0, now_ms - before_ms));
    this.#figure.show(raised_deg(now_ms + frame_ms, this.#motion));
    this.#frame = requestAnimationFrame((next_ms) => this.#animate(next_ms, now_ms));
  }

  /** @param {CheckPhase} phase @param {number} [count] */
  #setPhase(phase, count = 0) {
    if (phase === this.phase && count === this.count) return;
    this.phase = phase;
    this.count = count;
    this.emit("phase");
  }
}
