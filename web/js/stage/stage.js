// @ts-check
// The two pictures side by side: learner and instructor, with the count-down over them.

import { thumbnailUrl } from "../api.js";
import { part } from "../dom.js";

/** @import { Lesson } from "../api.js" */

export class Stage {
  #panels;
  #poster;
  #countdown;
  #annotated;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#panels = part(root, "panels", HTMLElement);
    this.learner = part(root, "learner", HTMLVideoElement);
    this.instructor = part(root, "instructor", HTMLVideoElement);
    this.canvas = part(root, "skeleton", HTMLCanvasElement);
    this.#annotated = part(root, "annotated", HTMLVideoElement);
    this.#poster = part(root, "poster", HTMLImageElement);
    this.#countdown = part(root, "countdown", HTMLElement);
    for (const video of [this.learner, this.instructor, this.#annotated]) {
      video.addEventListener("resize", () => this.#shape(video, video.videoWidth, video.videoHeight));
    }
    this.instructor.addEventListener("playing", () => { this.#poster.hidden = true; });
    this.#poster.addEventListener("error", () => { this.#poster.hidden = true; });
  }

  /** @param {Lesson} lesson */
  prepare(lesson) {
    this.#poster.src = thumbnailUrl(lesson.id);
    this.awaitInstructor();
    this.instructor.muted = true; // sound waits for the learner's own click on Start
    this.#shape(this.instructor, lesson.width ?? 3, lesson.height ?? 4);
  }

  /** A picture in the place of a stream that has not come, or ended: it would be black. */
  awaitInstructor() {
    this.#poster.hidden = false;
  }

  /** Lets a panel take its picture's own shape. @param {HTMLVideoElement} video @param {number} width @param {number} height */
  #shape(video, width, height) {
    if (!width || !height) return;
    this.#panels.style.setProperty(`--${video.dataset.part}`, String(width / height));
  }

  /** @param {MediaStream} stream */
  showLearner(stream) {
    play(this.learner, stream);
  }

  /** Without a camera there is neither a picture nor a skeleton. @param {boolean} nobody */
  showNobody(nobody) {
    this.#panels.dataset.nobody = String(nobody);
  }

  /** @param {MediaStream} stream */
  showInstructor(stream) {
    play(this.instructor, stream);
  }

  /** @param {MediaStream} stream */
  showAnnotated(stream) {
    this.#annotated.closest("figure")?.removeAttribute("hidden");
    play(this.#annotated, stream);
  }

  /** Counts down in whole seconds until it is told to stop. @param {number} left_s */
  countDown(left_s) {
    clearTimeout(this.#timer);
    const shown = Math.ceil(left_s);
    this.#countdown.textContent = shown > 0 ? String(shown) : "";
    if (shown > 0) {
      const step_s = left_s - (shown - 1);
      this.#timer = setTimeout(() => this.countDown(shown - 1), step_s * 1000);
    }
  }

  clear() {
    this.countDown(0);
    for (const video of [this.learner, this.instructor, this.#annotated]) video.srcObject = null;
    this.#annotated.closest("figure")?.setAttribute("hidden", "");
  }
}

/** @param {HTMLVideoElement} video @param {MediaStream} stream */
function play(video, stream) {
  if (video.srcObject !== stream) video.srcObject = stream;
  video.play().catch((/** @type {DOMException} */ error) => {
    // A new stream replaced this one before it began: the newer call plays.
    if (error.name !== "AbortError") console.warn(`the video did not play: ${error.message}`);
  });
}
