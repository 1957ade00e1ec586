// @ts-check
// Between two buttons: standing right, the arms check, hands that say "go". All before, or between.

import { ArmsCheck } from "./camera_check.js";
import { CheckRow } from "./camera_check_row.js";
import { declineOffer, delayOf, keepDelay, wasOffered } from "./camera_latency.js";
import { part } from "../dom.js";
import { Figure } from "./arm_figure.js";
import { FramingView, framingAdvice } from "./framing_checklist.js";
import { Overhead } from "./raised_hands.js";
import { whole } from "../i18n/formats.js";
import { words } from "../i18n/words.js";

/** @import { Calibrated, Score } from "../connection/protocol.js" */
/** @import { Phase } from "../phases.js" */
/** @import { Settings } from "./settings.js" */

const FOUND_STAYS_MS = 8000;

/** @typedef {{ text: string, tone: "hint" | "alert" | "fine" }} Prompt */

/** Events: `go`, `send` (detail a ClientMessage), `prompt` (detail a Prompt), `settled` (the check is over). */
export class WarmUp extends EventTarget {
  #stage;
  #settings;
  #framing;
  #figure;
  #row;
  #check;
  #hands = new Overhead();
  /** @type {Phase} */
  #phase = "loading";
  /** Names the camera in use; "" without one. */
  #camera = "";
  /** What the check came to. @type {Prompt | null} */
  #found = null;
  #found_ms = -Infinity;
  /** It came to nothing. */
  #failed = false;

  /** @param {HTMLElement} stage @param {Settings} settings */
  constructor(stage, settings) {
    super();
    this.#stage = stage;
    this.#settings = settings;
    this.#framing = new FramingView(part(stage, "checks", HTMLElement));
    this.#figure = part(stage, "figure", HTMLElement);
    this.#row = new CheckRow(part(stage, "check", HTMLElement));
    this.#row.addEventListener("begin", () => this.#begin());
    this.#row.addEventListener("decline", () => this.#decline());
    this.#row.addEventListener("skip", () => this.skip());
    this.#check = new ArmsCheck(new Figure(this.#figure));
    this.#check.addEventListener("phase", () => this.#show());
    this.#check.addEventListener("send", (event) => this.#say("send", /** @type {CustomEvent} */ (event).detail));
    this.#check.addEventListener("told", (event) => this.#tell(/** @type {CustomEvent} */ (event).detail));
    settings.addEventListener("measure", () => this.#begin());
  }

  /** Whether the arms check is on: then keys and buttons are about it. */
  get isChecking() {
    return this.#check.isOn;
  }

  /** The camera in use, or another one. @param {string} camera its name */
  use(camera) {
    if (this.#camera !== camera) this.#check.stop();
    this.#camera = camera;
    this.#show();
  }

  /** What the server has to know of this camera; null where nothing is known. */
  get delay_ms() {
    return delayOf(this.#camera);
  }

  /** @param {Phase} phase */
  enter(phase) {
    if (phase !== "ready") this.#check.stop();
    this.#phase = phase;
    this.#found = null;
    this.#failed = false;
    this.#hands.clear();
    this.#framing.show(null);
    this.#show();
  }

  /** Before the lesson, or while it pauses. @param {Score} score @param {number} now_ms */
  see({ framing, pose }, now_ms) {
    if (this.#phase !== "ready" && this.#phase !== "paused") return;
    if (this.#phase === "ready" && framing) {
      this.#framing.show(framing);
      this.#check.see(framing);
    }
    if (this.isChecking) return;
    const held = this.#settings.hands ? this.#hands.take(pose, now_ms) : 0;
    if (held === 1) this.#say("go");
    else if (held > 0) this.#prompt(words.live.handsHeld, "fine");
    else if (this.#phase === "ready") this.#advise(framing ?? null, now_ms);
  }

  /** @param {string[] | null} framing @param {number} now_ms */
  #advise(framing, now_ms) {
    if (this.#found && now_ms - this.#found_ms < FOUND_STAYS_MS) {
      return this.#prompt(this.#found.text, this.#found.tone);
    }
    const advice = framing && framingAdvice(framing);
    if (advice) this.#prompt(advice, "alert");
    else if (framing) this.#prompt(words.stage.inPicture, "fine");
  }

  /** @param {Calibrated} found */
  hear(found) {
    this.#check.hear(found);
  }

  /** Ends the check; whether there was one. */
  skip() {
    const was = this.isChecking;
    if (was) this.#decline();
    return was;
  }

  #decline() {
    declineOffer(this.#camera);
    this.#settle(null);
  }

  #begin() {
    if (this.#phase === "ready") this.#check.begin();
  }

  /** @param {Calibrated} found */
  #tell({ latency_ms, problem }) {
    declineOffer(this.#camera);
    if (latency_ms === null) {
      const { problems } = words.live.check;
      const why = problems[/** @type {keyof typeof problems} */ (problem)] ?? problems.not_followed;
      return this.#settle({ text: why, tone: "alert" }, true);
    }
    keepDelay(this.#camera, latency_ms);
    this.#say("send", { type: "camera", latency_ms });
    this.#settle({ text: words.live.check.found(whole(latency_ms)), tone: "fine" });
  }

  /** @param {Prompt | null} found @param {boolean} [failed] */
  #settle(found, failed = false) {
    this.#found = found;
    this.#found_ms = performance.now();
    this.#failed = failed;
    this.#check.stop();
    this.#show();
    if (found) this.#prompt(found.text, found.tone);
    this.#say("settled");
  }

  /** @param {string} text @param {Prompt["tone"]} tone */
  #prompt(text, tone) {
    this.#say("prompt", { text, tone });
  }

  /** @param {string} type @param {unknown} [detail] */
  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #show() {
    const { phase, count, of } = this.#check;
    this.#stage.dataset.check = phase;
    this.#figure.hidden = phase === "off";
    this.#settings.show(this.delay_ms, this.#phase === "ready" && phase === "off");
    this.#row.show(this.#rowNow());
    this.#row.count(phase === "moving" ? count : phase === "waiting" ? of : 0, of);
    const { placing, lead, moving, waiting } = words.live.check;
    if (phase === "placing") this.#prompt(placing, "hint");
    if (phase === "counting") this.#prompt(lead(count), "hint");
    if (phase === "moving") this.#prompt(moving, "fine");
    if (phase === "waiting") this.#prompt(waiting, "hint");
  }

  #rowNow() {
    if (this.isChecking) return "running";
    if (this.#phase !== "ready" || !this.#camera) return "nothing";
    if (this.#failed) return "again";
    return wasOffered(this.#camera) ? "nothing" : "offer";
  }
}
