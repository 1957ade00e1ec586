// @ts-check
// The two videos side by side, learner and instructor, with the count-down over them.

import { thumbnailUrl } from "../api.js";
import { findPart } from "../dom.js";

/** @import { Lesson } from "../api.js" */

export class VideoPanels {
  #panels;
  #poster;
  #countdown;
  #annotated;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#panels = findPart(root, "panels", HTMLElement);
    this.learner = findPart(root, "learner", HTMLVideoElement);
    this.instructor = findPart(root, "instructor", HTMLVideoElement);
    this.canvas = findPart(root, "skeleton", HTMLCanvasElement);
    this.#annotated = findPart(root, "annotated", HTMLVideoElement);
    this.#poster = findPart(root, "poster", HTMLImageElement);
    this.#countdown = findPart(root, "countdown", HTMLElement);
    for (const video of [this.learner, this.instructor, this.#annotated]) {
      video.addEventListener("resize", () => this.#setShape(video, video.videoWidth, video.videoHeight));
    }
    this.instructor.addEventListener("playing", () => { this.#poster.hidden = true; });
    this.#poster.addEventListener("error", () => { this.#poster.hidden = true; });
  }

  /** @param {Lesson} lesson */
  prepare(lesson) {
    if (lesson.id) this.#poster.src = thumbnailUrl(lesson.id);
    else this.#poster.removeAttribute("src"); // a live class has none
    this.showPoster();
    this.instructor.muted = true; // browsers allow sound only after a click: the one on Start
    this.#setShape(this.instructor, lesson.width ?? 3, lesson.height ?? 4);
  }

  /** Shows a picture while there is no stream, which would be black. */
  showPoster() {
    this.#poster.hidden = !this.#poster.hasAttribute("src");
  }

  /** Gives a panel the shape of its video. @param {HTMLVideoElement} video @param {number} width @param {number} height */
  #setShape(video, width, height) {
    if (!width || !height) return;
    this.#panels.style.setProperty(`--${video.dataset.part}`, String(width / height));
  }

  /** @param {MediaStream} stream */
  showLearner(stream) {
    play(this.learner, stream);
  }

  /** Hides the learner's video and skeleton while there is no camera. @param {boolean} isMissing */
  showCameraMissing(isMissing) {
    this.#panels.dataset.nobody = String(isMissing);
  }

  /**
   * Shows the skeleton alone where a phone is the camera: its picture does not come here.
   * @param {boolean} isPhone @param {number | null} aspect width / height of its picture
   */
  showPhone(isPhone, aspect) {
    this.#panels.dataset.phone = String(isPhone);
    if (isPhone && aspect) this.#setShape(this.learner, aspect, 1);
    else if (!isPhone) this.#setShape(this.learner, this.learner.videoWidth, this.learner.videoHeight);
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

  /** Counts down in whole seconds; 0 stops it. @param {number} left_s */
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
    // A new stream replaced this one before it started; the later call plays it.
    if (error.name !== "AbortError") console.warn(`the video did not play: ${error.message}`);
  });
}
