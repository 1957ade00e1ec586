// @ts-check
// The controls of a running lesson: pause, seek, stop and volume, by mouse and by keyboard.

import { findPart } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatClock } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { readStorage, writeStorage } from "../storage.js";
import { applyVolume } from "./video_volume.js";

/** @import { LoopMarks } from "./loop_marks.js" */

const STEP_S = 5;

/**
 * Emits `toggle` to pause or resume, `seek` with a position in seconds, `step` with ± seconds,
 * `silenced` when the browser plays no sound before a click.
 * @extends {Emitter<{ toggle: void, stop: void, seek: number, step: number, silenced: void }>}
 */
export class Transport extends Emitter {
  #track;
  #bar;
  #position;
  #toggle;
  #volume;
  #dragging = false;
  #duration_s = 0;

  /** @param {HTMLElement} root @param {HTMLVideoElement} video whose volume is set */
  constructor(root, video) {
    super();
    this.#track = findPart(root, "track", HTMLElement);
    this.#bar = findPart(root, "progress", HTMLInputElement);
    this.#position = findPart(root, "place", HTMLElement);
    this.#toggle = findPart(root, "hold", HTMLButtonElement);
    this.#volume = findPart(root, "volume", HTMLInputElement);
    this.#toggle.addEventListener("click", () => this.emit("toggle"));
    findPart(root, "stop", HTMLButtonElement).addEventListener("click", () => this.emit("stop"));
    this.#bar.addEventListener("input", () => {
      this.#dragging = true;
      this.#showPosition(this.#bar.valueAsNumber);
    });
    this.#bar.addEventListener("change", () => {
      this.#dragging = false;
      this.emit("seek", this.#bar.valueAsNumber);
    });
    this.#volume.value = readStorage("volume") ?? "1";
    this.#volume.addEventListener("input", () => {
      writeStorage("volume", this.#volume.value);
      this.applyVolume(video);
    });
  }

  /** Keys work wherever the focus is, unless the focused control needs them. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = document.activeElement;
    const needsSpace = focused?.matches("button, summary, input[type=checkbox]");
    const needsArrows = focused === this.#volume;
    /** @type {Record<string, (() => void) | false | undefined>} */
    const keys = {
      " ": !needsSpace && (() => this.emit("toggle")),
      ArrowLeft: !needsArrows && (() => this.emit("step", -STEP_S)),
      ArrowRight: !needsArrows && (() => this.emit("step", STEP_S)),
      // A presenter's remote control sends these, and it reaches as far as a dancer is away.
      PageUp: () => this.emit("step", -STEP_S),
      PageDown: () => this.emit("step", STEP_S),
      Escape: () => this.emit("stop"),
    };
    const action = Object.hasOwn(keys, event.key) && keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  /** @param {HTMLVideoElement} video */
  applyVolume(video) {
    applyVolume(video, () => this.#volume.valueAsNumber, () => this.emit("silenced"));
  }

  /** @param {number} duration_s */
  setDuration(duration_s) {
    this.#duration_s = duration_s;
    this.#bar.max = String(duration_s);
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    this.#toggle.textContent = playing ? words.stage.pause : words.stage.resume;
    this.#toggle.dataset.icon = playing ? "pause" : "play";
  }

  /** @param {number} lesson_s */
  show(lesson_s) {
    if (this.#dragging) return;
    this.#bar.valueAsNumber = Math.min(lesson_s, this.#duration_s);
    this.#showPosition(lesson_s);
  }

  /** @param {number} lesson_s */
  #showPosition(lesson_s) {
    const duration = formatClock(this.#duration_s);
    const isEndless = this.#duration_s === 0; // a live class
    const position = formatClock(isEndless ? lesson_s : Math.min(lesson_s, this.#duration_s));
    this.#position.textContent = isEndless ? position : `${position} / ${duration}`;
    this.#bar.setAttribute("aria-valuetext", words.stage.placeOf(position, duration));
    this.#track.style.setProperty("--done", String(this.#share(lesson_s)));
  }

  /** Shows the passage that is repeated, or its start alone. @param {LoopMarks} marks */
  showMarks({ from_s, to_s }) {
    this.#track.dataset.marks = [from_s === null ? "" : "from", to_s === null ? "" : "to"].join(" ").trim();
    this.#track.style.setProperty("--from", String(this.#share(from_s ?? 0)));
    this.#track.style.setProperty("--to", String(this.#share(to_s ?? from_s ?? 0)));
  }

  /** Of the lesson. @param {number} lesson_s @returns {number} 0..1 */
  #share(lesson_s) {
    return this.#duration_s > 0 ? Math.min(1, lesson_s / this.#duration_s) : 0;
  }
}
