// @ts-check
// What the learner does before the lesson and while it is paused: stand right, check the camera,
// raise both hands to start.

import { findPart } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatInteger } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { ArmFigure } from "./arm_figure.js";
import { CameraCheck } from "./camera_check.js";
import { CameraCheckRow } from "./camera_check_row.js";
import { storeCheckOffered, storeLatency, storedLatency, wasCheckOffered } from "./camera_latency.js";
import { FramingChecklist, framingAdvice } from "./framing_checklist.js";
import { RaisedHands } from "./raised_hands.js";

/** @import { Calibrated, ClientMessage, Score } from "../connection/protocol.js" */
/** @import { Phase } from "../phases.js" */
/** @import { Settings } from "./settings.js" */

const RESULT_MS = 8000;
/** The name of a phone that is the camera: the check is offered once for all of them. */
const PHONE = "phone";

/** @typedef {{ text: string, tone: "hint" | "alert" | "fine" }} Prompt */

/**
 * Emits `start` when raised hands start or resume the lesson, and `checked` when the check is over.
 * @extends {Emitter<{ start: void, send: ClientMessage, prompt: Prompt, checked: void }>}
 */
export class Standby extends Emitter {
  #stage;
  #settings;
  #checklist;
  #figure;
  #row;
  #check;
  #hands = new RaisedHands();
  /** @type {Phase} */
  #phase = "loading";
  /** The name of the camera in use; "" without one. */
  #camera = "";
  /** The camera is a phone's, which remembers its latency itself. @type {{ latency_ms: number | null } | null} */
  #phone = null;
  /** The result of the check. @type {Prompt | null} */
  #result = null;
  #result_ms = -Infinity;
  #failed = false;

  /** @param {HTMLElement} stage @param {Settings} settings */
  constructor(stage, settings) {
    super();
    this.#stage = stage;
    this.#settings = settings;
    this.#checklist = new FramingChecklist(findPart(stage, "checks", HTMLElement));
    this.#figure = findPart(stage, "figure", HTMLElement);
    this.#row = new CameraCheckRow(findPart(stage, "check", HTMLElement));
    this.#row.on("start", () => this.#startCheck());
    this.#row.on("decline", () => this.#decline());
    this.#row.on("skip", () => this.skipCheck());
    this.#check = new CameraCheck(new ArmFigure(this.#figure));
    this.#check.on("phase", () => this.#show());
    this.#check.on("send", (message) => this.emit("send", message));
    this.#check.on("result", (result) => this.#onResult(result));
    settings.on("measure", () => this.#startCheck());
  }

  /** While the check runs, keys and buttons are about the check. */
  get isChecking() {
    return this.#check.isOn;
  }

  /** @param {string} camera name of this device's camera in use; "" where there is none to look with */
  setCamera(camera) {
    this.#changeCamera(camera, null);
  }

  /** A phone is the camera. @param {number | null} latency_ms as it knows it */
  setPhone(latency_ms) {
    this.#changeCamera(PHONE, { latency_ms });
  }

  /** @param {string} camera @param {{ latency_ms: number | null } | null} phone */
  #changeCamera(camera, phone) {
    if (this.#camera !== camera) this.#check.stop();
    this.#camera = camera;
    this.#phone = phone;
    this.#show();
  }

  /** What the server has to know about this camera; null if nothing is known, or a phone says it. */
  get latency_ms() {
    return this.#phone ? null : storedLatency(this.#camera);
  }

  /** @param {number} dancers how many are expected */
  setDancers(dancers) {
    this.#checklist.setDancers(dancers);
  }

  /** @param {Phase} phase */
  setPhase(phase) {
    if (phase !== "ready") this.#check.stop();
    this.#phase = phase;
    this.#result = null;
    this.#failed = false;
    this.#hands.reset();
    this.#checklist.show(null);
    this.#show();
  }

  /** Takes a score that came before the lesson or while it is paused. @param {Score} score @param {number} now_ms */
  onScore({ framing, pose }, now_ms) {
    if (this.#phase !== "ready" && this.#phase !== "paused") return;
    if (this.#phase === "ready" && framing) {
      this.#checklist.show(framing);
      this.#check.onFraming(framing);
    }
    if (this.isChecking) return;
    const held = this.#settings.raisedHands ? this.#hands.update(pose, now_ms) : 0;
    if (held === 1) this.emit("start");
    else if (held > 0) this.#prompt(words.live.handsHeld, "fine");
    else if (this.#phase === "ready") this.#advise(framing ?? null, now_ms);
  }

  /** @param {string[] | null} framing @param {number} now_ms */
  #advise(framing, now_ms) {
    if (this.#result && now_ms - this.#result_ms < RESULT_MS) {
      return this.#prompt(this.#result.text, this.#result.tone);
    }
    const advice = framing && framingAdvice(framing);
    if (advice) this.#prompt(advice, "alert");
    else if (framing) this.#prompt(words.stage.inPicture, "fine");
  }

  /** @param {Calibrated} result */
  onCalibrated(result) {
    this.#check.onResult(result);
  }

  /** Ends the check; returns whether one was running. */
  skipCheck() {
    const wasChecking = this.isChecking;
    if (wasChecking) this.#decline();
    return wasChecking;
  }

  #decline() {
    storeCheckOffered(this.#camera);
    this.#endCheck(null);
  }

  #startCheck() {
    if (this.#phase === "ready" && this.#camera) this.#check.start();
  }

  /** @param {Calibrated} result */
  #onResult({ latency_ms, problem }) {
    storeCheckOffered(this.#camera);
    if (latency_ms === null) {
      const { problems } = words.live.check;
      const text = problems[/** @type {keyof typeof problems} */ (problem)] ?? problems.not_followed;
      return this.#endCheck({ text, tone: "alert" }, true);
    }
    if (!this.#phone) {
      storeLatency(this.#camera, latency_ms);
      this.emit("send", { type: "camera", latency_ms });
    }
    this.#endCheck({ text: words.live.check.found(formatInteger(latency_ms)), tone: "fine" });
  }

  /** @param {Prompt | null} result @param {boolean} [failed] */
  #endCheck(result, failed = false) {
    this.#result = result;
    this.#result_ms = performance.now();
    this.#failed = failed;
    this.#check.stop();
    this.#show();
    if (result) this.#prompt(result.text, result.tone);
    this.emit("checked");
  }

  /** @param {string} text @param {Prompt["tone"]} tone */
  #prompt(text, tone) {
    this.emit("prompt", { text, tone });
  }

  #show() {
    const { phase, count, of } = this.#check;
    this.#stage.dataset.check = phase;
    this.#figure.hidden = phase === "off";
    const latency_ms = this.#phone ? this.#phone.latency_ms : this.latency_ms;
    this.#settings.show(latency_ms, this.#phase === "ready" && phase === "off" && this.#camera !== "");
    this.#row.show(this.#rowContent());
    this.#row.showProgress(phase === "moving" ? count : phase === "waiting" ? of : 0, of);
    const { placing, lead, moving, waiting } = words.live.check;
    if (phase === "placing") this.#prompt(placing, "hint");
    if (phase === "counting") this.#prompt(lead(count), "hint");
    if (phase === "moving") this.#prompt(moving, "fine");
    if (phase === "waiting") this.#prompt(waiting, "hint");
  }

  #rowContent() {
    if (this.isChecking) return "running";
    if (this.#phase !== "ready" || !this.#camera) return "nothing";
    if (this.#failed) return "again";
    const isKnown = this.#phone !== null && this.#phone.latency_ms !== null;
    return isKnown || wasCheckOffered(this.#camera) ? "nothing" : "offer";
  }
}
