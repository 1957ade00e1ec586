// @ts-check
// The class's one clock: start, pause, seek, rate and a passage that repeats, for everybody at once.

import { make } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { isRunning } from "../../phases.js";
import { PracticeControls } from "../../stage/practice_controls.js";
import { Transport } from "../../stage/transport.js";

/** @import { Attempt } from "../../connection/attempt.js" */
/** @import { LessonState } from "../../connection/protocol.js" */

const UPDATE_MS = 250; // a bar that others look at, too, but nobody dances by it

/** @param {string} part @param {string} path of its text @param {Record<string, string>} [more] */
const button = (part, path, more = {}) => make("button", { type: "button", "data-part": part, "data-i18n": path, ...more });

/** The controls of the stage (index.html), which the stage's own classes work with. */
function controls() {
  const track = make("span", { class: "track", "data-part": "track", "data-marks": "" }, [
    make("input", {
      type: "range", class: "progress", "data-part": "progress", min: "0", max: "1", step: "0.1", value: "0",
      "data-i18n-aria-label": "stage.place",
    }),
  ]);
  const marks = make("div", { class: "choice marks", role: "group", "data-i18n-aria-label": "stage.repeat" }, [
    make("button", { type: "button", "data-part": "mark-from", "data-i18n-aria-label": "stage.from", "data-i18n-title": "stage.fromKey", "aria-pressed": "false" }, ["A"]),
    make("button", { type: "button", "data-part": "mark-to", "data-i18n-aria-label": "stage.to", "data-i18n-title": "stage.toKey", "aria-pressed": "false" }, ["B"]),
    make("button", { type: "button", "data-part": "loop-off", "data-i18n-aria-label": "stage.endRepeat", "data-i18n-title": "stage.endRepeatKey", disabled: "" }, ["✕"]),
  ]);
  return [
    button("class-start", "stage.start", { class: "main" }), button("hold", "stage.pause", { class: "hold", "data-icon": "pause" }),
    track, make("span", { class: "place", "data-part": "place" }, ["0:00"]),
    make("div", { class: "practice", "data-part": "practice" }, [
      make("div", { class: "choice rates", role: "group", "data-part": "rates", "data-i18n-aria-label": "stage.speed" }), marks,
    ]),
    make("label", { class: "volume" }, [
      make("span", { "aria-hidden": "true", "data-i18n": "stage.sound" }),
      make("input", { type: "range", "data-part": "volume", min: "0", max: "1", step: "0.05", value: "1", "data-i18n-aria-label": "stage.volume" }),
    ]),
    button("stop", "classes.end", { class: "stop" }),
  ];
}

/**
 * Emits `end` when the class is to end, `live` when a live class begins, and `toast` with a sentence to show.
 * @extends {Emitter<{ end: void, live: void, toast: string }>}
 */
export class ClassTransport extends Emitter {
  element = make("div", { class: "transport class-transport", "data-part": "class-transport" }, controls());
  #start = /** @type {HTMLButtonElement} */ (this.element.querySelector('[data-part="class-start"]'));
  #transport;
  #practice;
  #video;
  /** @type {Attempt | null} */
  #attempt = null;
  /** @type {LessonState | ""} */
  #state = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {HTMLVideoElement} video that shows what the class sees */
  constructor(video) {
    super();
    this.#video = video;
    this.#transport = new Transport(this.element, video);
    this.#practice = new PracticeControls(
      /** @type {HTMLElement} */ (this.element.querySelector('[data-part="practice"]')), () => this.position_s);
    this.#start.addEventListener("click", () => this.#begin());
    this.#transport.on("toggle", () => this.#toggle());
    this.#transport.on("seek", (lesson_s) => this.#attempt?.seek(lesson_s));
    this.#transport.on("step", (by_s) => this.#attempt?.seek(this.position_s + by_s));
    this.#transport.on("stop", () => this.emit("end"));
    this.#practice.on("rate", (rate) => this.#attempt?.setRate(rate));
    this.#practice.on("loop", (loop) => this.#attempt?.setLoop(loop));
    this.#practice.on("marks", (marks) => this.#transport.showMarks(marks));
    this.#practice.on("toast", (sentence) => this.emit("toast", sentence));
  }

  get position_s() {
    return this.#attempt ? this.#attempt.position.at(performance.now()) : 0;
  }

  /** @param {Attempt} attempt @param {boolean} isLive there is nothing to seek in */
  open(attempt, isLive) {
    this.#attempt = attempt;
    this.element.dataset.live = String(isLive);
    this.#start.dataset.i18n = isLive ? "classes.live" : "stage.start";
    this.#transport.setDuration(attempt.lesson.duration_s);
    this.#practice.enableRates(attempt.rates);
    this.#practice.reset(attempt.pace);
    this.show("");
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#transport.show(this.position_s), UPDATE_MS);
  }

  close() {
    clearInterval(this.#timer);
    this.#attempt = null;
  }

  /** @param {LessonState | ""} state of the class; "" while it is not known */
  show(state) {
    this.#state = state;
    this.element.dataset.state = state;
    this.#start.disabled = state !== "ready";
    this.#transport.setPlaying(state !== "paused");
    if (!this.#attempt) return;
    this.#transport.setDuration(this.#attempt.lesson.duration_s);
    this.#practice.enableRates(this.#attempt.rates);
    this.#practice.show(this.#attempt.pace);
  }

  #begin() {
    if (this.element.dataset.live === "true") this.emit("live");
    else this.#transport.applyVolume(this.#video);
    this.#attempt?.start();
  }

  #toggle() {
    if (this.#state === "playing") this.#attempt?.pause();
    else if (this.#state === "paused") this.#attempt?.resume();
    else if (this.#state === "ready") this.#begin();
  }

  /** Keys as on the stage, but Escape ends no class. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key === "Escape" || document.activeElement?.matches("input[type=text], [role=toolbar] button")) return;
    if (this.#state !== "ready" && !(this.#state && isRunning(/** @type {any} */ (this.#state)))) return;
    this.#transport.onKey(event);
    if (this.element.dataset.live !== "true") this.#practice.onKey(event);
  }
}
