// @ts-check
// The controls of a running lesson: hold, seek, stop, sound; by hand and by keyboard.

import { part } from "../dom.js";
import { minutes } from "../connection/playback_position.js";
import { recall, remember } from "../storage.js";
import { words } from "../i18n/words.js";

/** @import { Marks } from "./loop_marks.js" */

const SEEK_S = 5;

/** Events: `hold` (pause or resume), `stop`, `seek` (detail seconds), `step` (detail ± seconds). */
export class Transport extends EventTarget {
  #track;
  #bar;
  #place;
  #hold;
  #volume;
  #dragging = false;
  #duration_s = 0;

  /** @param {HTMLElement} root @param {HTMLVideoElement} video whose sound is set */
  constructor(root, video) {
    super();
    this.#track = part(root, "track", HTMLElement);
    this.#bar = part(root, "progress", HTMLInputElement);
    this.#place = part(root, "place", HTMLElement);
    this.#hold = part(root, "hold", HTMLButtonElement);
    this.#volume = part(root, "volume", HTMLInputElement);
    this.#hold.addEventListener("click", () => this.dispatchEvent(new Event("hold")));
    part(root, "stop", HTMLButtonElement)
      .addEventListener("click", () => this.dispatchEvent(new Event("stop")));
    this.#bar.addEventListener("input", () => {
      this.#dragging = true;
      this.#say(this.#bar.valueAsNumber);
    });
    this.#bar.addEventListener("change", () => {
      this.#dragging = false;
      this.dispatchEvent(new CustomEvent("seek", { detail: this.#bar.valueAsNumber }));
    });
    this.#volume.value = recall("volume") ?? "1";
    this.#volume.addEventListener("input", () => {
      remember("volume", this.#volume.value);
      this.applyVolume(video);
    });
  }

  /** Keys work wherever the focus is, except where a control needs them. @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = document.activeElement;
    const presses = focused?.matches("button, summary, input[type=checkbox]");
    const slides = focused === this.#volume;
    /** @type {Record<string, () => Event | null>} */
    const keys = {
      " ": () => (presses ? null : new Event("hold")),
      ArrowLeft: () => (slides ? null : new CustomEvent("step", { detail: -SEEK_S })),
      ArrowRight: () => (slides ? null : new CustomEvent("step", { detail: SEEK_S })),
      // What a remote for slides sends, which reaches as far as a dancer is away.
      PageUp: () => new CustomEvent("step", { detail: -SEEK_S }),
      PageDown: () => new CustomEvent("step", { detail: SEEK_S }),
      Escape: () => new Event("stop"),
    };
    const said = Object.hasOwn(keys, event.key) ? keys[event.key]() : null;
    if (!said) return;
    event.preventDefault();
    this.dispatchEvent(said);
  }

  /** @param {HTMLVideoElement} video */
  applyVolume(video) {
    video.volume = this.#volume.valueAsNumber;
    video.muted = video.volume === 0; // a phone ignores volume, but not muted
  }

  /** @param {number} duration_s */
  setDuration(duration_s) {
    this.#duration_s = duration_s;
    this.#bar.max = String(duration_s);
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    this.#hold.textContent = playing ? words.stage.pause : words.stage.resume;
    this.#hold.dataset.icon = playing ? "pause" : "play";
  }

  /** @param {number} lesson_s */
  show(lesson_s) {
    if (this.#dragging) return;
    this.#bar.valueAsNumber = Math.min(lesson_s, this.#duration_s);
    this.#say(lesson_s);
  }

  /** @param {number} lesson_s */
  #say(lesson_s) {
    const whole = minutes(this.#duration_s);
    const place = minutes(Math.min(lesson_s, this.#duration_s));
    this.#place.textContent = `${place} / ${whole}`;
    this.#bar.setAttribute("aria-valuetext", words.stage.placeOf(place, whole));
    this.#track.style.setProperty("--done", String(this.#part(lesson_s)));
  }

  /** Shows the passage that is repeated, or its beginning alone. @param {Marks} marks */
  mark({ from_s, to_s }) {
    this.#track.dataset.marks = [from_s === null ? "" : "from", to_s === null ? "" : "to"].join(" ").trim();
    this.#track.style.setProperty("--from", String(this.#part(from_s ?? 0)));
    this.#track.style.setProperty("--to", String(this.#part(to_s ?? from_s ?? 0)));
  }

  /** @param {number} lesson_s @returns {number} 0..1 */
  #part(lesson_s) {
    return this.#duration_s > 0 ? Math.min(1, lesson_s / this.#duration_s) : 0;
  }
}
