// @ts-check
// A video to watch, a file or a lesson's, with the poses drawn over it if there are any.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { drawPose } from "./pose_overlay.js";

/** @import { LessonPoses } from "./pose_overlay.js" */

const THICKNESS = 1 / 130; // of the picture's longer side

/**
 * Emits `metadata` when `duration_s` and `size` are known, and `unplayable` if the browser cannot show
 * the video.
 * @extends {Emitter<{ metadata: void, unplayable: void }>}
 */
export class VideoPreview extends Emitter {
  #video = make("video", { controls: "", playsinline: "", preload: "auto", "data-part": "preview" });
  #canvas = make("canvas", { "aria-hidden": "true" });
  #url = "";
  /** Other forms of the same video, for when this browser cannot play the one it has. @type {string[]} */
  #others = [];
  #frame = 0;
  /** @type {LessonPoses | null} */
  #poses = null;
  #until_s = Infinity;

  constructor() {
    super();
    this.element = make("div", { class: "preview" }, [this.#video, this.#canvas]);
    this.#video.addEventListener("loadedmetadata", () => {
      const { videoWidth, videoHeight } = this.#video;
      if (!videoWidth || !videoHeight) return this.#tryNext(); // audio without video
      this.element.style.setProperty("--shape", String(videoWidth / videoHeight));
      this.emit("metadata");
    });
    this.#video.addEventListener("error", () => this.#url && this.#tryNext());
    this.#video.addEventListener("timeupdate", () => {
      if (this.#video.currentTime >= this.#until_s && !this.#video.paused) this.#video.pause();
    });
  }

  #tryNext() {
    const next = this.#others.shift();
    if (next) return this.#load(next);
    this.element.hidden = true;
    this.emit("unplayable");
  }

  /** @param {string} url */
  #load(url) {
    this.#url = url;
    this.#video.src = url;
  }

  /** The video's length; NaN if the browser does not know it. */
  get duration_s() {
    return Number.isFinite(this.#video.duration) ? this.#video.duration : NaN;
  }

  get size() {
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  /** @param {File | string[]} source a file, or the addresses to try in this order @param {string} name */
  show(source, name) {
    this.clear();
    this.element.hidden = false;
    this.#video.setAttribute("aria-label", name);
    this.#others = source instanceof File ? [URL.createObjectURL(source)] : [...source];
    this.#tryNext();
  }

  /** Draws poses over the video from now on. @param {LessonPoses | null} poses */
  showPoses(poses) {
    this.#poses = poses;
    cancelAnimationFrame(this.#frame);
    this.#draw();
  }

  /** @param {number} t_s */
  seek(t_s) {
    this.#video.pause();
    this.#video.currentTime = Math.max(0, Math.min(t_s, (this.duration_s || t_s) - 0.05));
  }

  /** Playback stops by itself at this position. @param {number} until_s */
  stopAt(until_s) {
    this.#until_s = until_s;
  }

  /** Stops playing and releases the video. */
  clear() {
    cancelAnimationFrame(this.#frame);
    this.#poses = null;
    this.#until_s = Infinity;
    this.#others = [];
    if (this.#url.startsWith("blob:")) URL.revokeObjectURL(this.#url);
    this.#url = "";
    this.#video.pause();
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  #draw() {
    const context = this.#canvas.getContext("2d");
    const ratio = Math.min(2, devicePixelRatio || 1);
    const [width, height] = [this.#canvas.clientWidth * ratio, this.#canvas.clientHeight * ratio].map(Math.round);
    Object.assign(this.#canvas, { width, height }); // this also clears the canvas
    if (!this.#poses || !context) return;
    this.#frame = requestAnimationFrame(() => this.#draw());
    const scale = width / this.#poses.width;
    const points = this.#poses.at(this.#video.currentTime)
      ?.map((p) => p && { x: p.x * scale, y: p.y * scale });
    if (points) drawPose(context, points, Math.max(3, Math.max(width, height) * THICKNESS));
  }
}
