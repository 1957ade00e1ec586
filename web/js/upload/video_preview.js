// @ts-check
// A video to look at, one's own file or a lesson's, with the poses over it once there are some.

import { make } from "../dom.js";
import { drawPose } from "./pose_overlay.js";

/** @import { Posed } from "./pose_overlay.js" */

const THICKNESS = 1 / 130; // of the picture's longer side

/**
 * Events: `known` (`duration_s`, `width` and `height` are there), `unseen` (the browser cannot show
 * it).
 */
export class Preview extends EventTarget {
  #video = make("video", { controls: "", playsinline: "", preload: "auto", "data-part": "preview" });
  #canvas = make("canvas", { "aria-hidden": "true" });
  #url = "";
  #frame = 0;
  /** @type {Posed | null} */
  #posed = null;
  /** Where to stop. */
  #until_s = Infinity;

  constructor() {
    super();
    this.element = make("div", { class: "preview" }, [this.#video, this.#canvas]);
    this.#video.addEventListener("loadedmetadata", () => {
      const { videoWidth, videoHeight } = this.#video;
      if (!videoWidth || !videoHeight) return this.#cannot(); // sound without a picture
      this.element.style.setProperty("--shape", String(videoWidth / videoHeight));
      this.dispatchEvent(new Event("known"));
    });
    this.#video.addEventListener("error", () => this.#url && this.#cannot());
    this.#video.addEventListener("timeupdate", () => {
      if (this.#video.currentTime >= this.#until_s && !this.#video.paused) this.#video.pause();
    });
  }

  #cannot() {
    this.element.hidden = true;
    this.dispatchEvent(new Event("unseen"));
  }

  /** The video's length; NaN where the browser does not know it. */
  get duration_s() {
    return Number.isFinite(this.#video.duration) ? this.#video.duration : NaN;
  }

  get size() {
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  /** @param {File | string} source a file, or an address @param {string} name */
  show(source, name) {
    this.clear();
    this.element.hidden = false;
    this.#url = source instanceof File ? URL.createObjectURL(source) : source;
    this.#video.setAttribute("aria-label", name);
    this.#video.src = this.#url;
  }

  /** @param {Posed | null} posed drawn over it from now on */
  showPoses(posed) {
    this.#posed = posed;
    cancelAnimationFrame(this.#frame);
    this.#draw();
  }

  /** @param {number} t_s */
  seek(t_s) {
    this.#video.pause();
    this.#video.currentTime = Math.max(0, Math.min(t_s, (this.duration_s || t_s) - 0.05));
  }

  /** It stops there by itself. @param {number} until_s */
  stopAt(until_s) {
    this.#until_s = until_s;
  }

  /** Nothing is shown, played or held any more. */
  clear() {
    cancelAnimationFrame(this.#frame);
    this.#posed = null;
    this.#until_s = Infinity;
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
    Object.assign(this.#canvas, { width, height }); // which clears it, too
    if (!this.#posed || !context) return;
    this.#frame = requestAnimationFrame(() => this.#draw());
    const scale = width / this.#posed.width;
    const points = this.#posed.at(this.#video.currentTime)
      ?.map((p) => p && { x: p.x * scale, y: p.y * scale });
    if (points) drawPose(context, points, Math.max(3, Math.max(width, height) * THICKNESS));
  }
}
