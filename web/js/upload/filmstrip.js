// @ts-check
// A lesson at a glance: its small pictures in a row, with the poses that were found in them.

import { thumbnailsUrl } from "../api.js";
import { make } from "../dom.js";
import { drawPose } from "./pose_overlay.js";

/** @import { Lesson } from "../api.js" */
/** @import { Point } from "../stage/keypoints.js" */
/** @import { Posed } from "./pose_overlay.js" */

const THICKNESS_PX = 2;
const NARROW = 0.8; // a picture's width over its height: many moments, and a whole body in each

export class Filmstrip {
  element = make("canvas", { class: "filmstrip", "data-part": "filmstrip", "aria-hidden": "true" });
  #pictures = make("img", { alt: "" });
  /** @type {{ lesson: Lesson, posed: Posed } | null} */
  #shown = null;

  constructor() {
    this.#pictures.addEventListener("load", () => this.#draw());
    new ResizeObserver(() => this.#draw()).observe(this.element);
  }

  /** @param {Lesson} lesson @param {Posed} posed */
  show(lesson, posed) {
    this.#shown = { lesson, posed };
    this.element.hidden = !lesson.thumbnails;
    if (lesson.thumbnails) this.#pictures.src = thumbnailsUrl(lesson.id);
  }

  #draw() {
    const context = this.element.getContext("2d");
    const { clientWidth, clientHeight } = this.element;
    if (!context || !this.#shown?.lesson.thumbnails || !clientWidth || !this.#pictures.naturalWidth) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    Object.assign(this.element, { width: clientWidth * ratio, height: clientHeight * ratio });
    context.scale(ratio, ratio);
    const number = Math.max(1, Math.round(clientWidth / (clientHeight * NARROW)));
    for (let k = 0; k < number; k++) {
      this.#tile(context, this.#shown.lesson.duration_s * ((k + 0.5) / number), {
        x: (k * clientWidth) / number, width: clientWidth / number, height: clientHeight,
      });
    }
  }

  /** The picture of a moment, as much of it as fits, around the body. @param {CanvasRenderingContext2D} context @param {number} at_s @param {{ x: number, width: number, height: number }} place */
  #tile(context, at_s, { x, width, height }) {
    const { lesson: { thumbnails }, posed } = /** @type {{ lesson: Lesson, posed: Posed }} */ (this.#shown);
    if (!thumbnails) return;
    const { count, every_s, columns, width: wide, height: high } = thumbnails;
    const k = Math.min(count - 1, Math.max(0, Math.round(at_s / every_s)));
    const body = posed.at(k * every_s);
    const scale = height / high; // of the small picture
    const small = wide / posed.width; // of the video
    const middle_x = body ? small * middleOf(body) : wide / 2;
    const left = Math.max(0, Math.min(wide - width / scale, middle_x - width / scale / 2));
    const shown = Math.min(wide, width / scale);
    context.save();
    context.beginPath();
    context.rect(x + 0.5, 0, width - 1, height);
    context.clip();
    context.drawImage(this.#pictures, (k % columns) * wide + left, Math.floor(k / columns) * high, shown, high,
      x, 0, shown * scale, height);
    const points = body?.map((p) => p && {
      x: x + (p.x * small - left) * scale, y: p.y * small * scale,
    });
    if (points) drawPose(context, points, THICKNESS_PX);
    context.restore();
  }
}

/** @param {Point[]} body */
function middleOf(body) {
  const at = body.flatMap((p) => (p ? [p.x] : []));
  return at.reduce((sum, x) => sum + x, 0) / Math.max(1, at.length);
}
