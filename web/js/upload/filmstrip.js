// @ts-check
// A lesson at a glance: its thumbnails in a row, with the poses that were found in them.

import { thumbnailsUrl } from "../api.js";
import { make } from "../dom.js";
import { drawPose } from "./pose_overlay.js";

/** @import { Lesson, Thumbnails } from "../api.js" */
/** @import { Point } from "../stage/keypoints.js" */
/** @import { LessonPoses } from "./pose_overlay.js" */

const THICKNESS_PX = 2;
const ASPECT_RATIO = 0.8; // width over height: many moments, and a whole body in each

/**
 * @typedef {{ thumbnails: Thumbnails, poses: LessonPoses }} Source
 * @typedef {{ x: number, width: number, height: number }} Place  in the strip
 */

export class Filmstrip {
  element = make("canvas", { class: "filmstrip", "data-part": "filmstrip", "aria-hidden": "true" });
  #sprite = make("img", { alt: "" });
  /** @type {{ lesson: Lesson, poses: LessonPoses } | null} */
  #shown = null;

  constructor() {
    this.#sprite.addEventListener("load", () => this.#draw());
    new ResizeObserver(() => this.#draw()).observe(this.element);
  }

  /** @param {Lesson} lesson @param {LessonPoses} poses */
  show(lesson, poses) {
    this.#shown = { lesson, poses };
    this.element.hidden = !lesson.thumbnails;
    if (lesson.thumbnails) this.#sprite.src = thumbnailsUrl(lesson.id);
  }

  #draw() {
    const context = this.element.getContext("2d");
    const { clientWidth, clientHeight } = this.element;
    if (!context || !this.#shown || !clientWidth || !this.#sprite.naturalWidth) return;
    const { lesson: { thumbnails, duration_s }, poses } = this.#shown;
    if (!thumbnails) return;
    const ratio = Math.min(2, devicePixelRatio || 1);
    Object.assign(this.element, { width: clientWidth * ratio, height: clientHeight * ratio });
    context.scale(ratio, ratio);
    const count = Math.max(1, Math.round(clientWidth / (clientHeight * ASPECT_RATIO)));
    for (let k = 0; k < count; k++) {
      const place = { x: (k * clientWidth) / count, width: clientWidth / count, height: clientHeight };
      this.#drawTile(context, { thumbnails, poses }, duration_s * ((k + 0.5) / count), place);
    }
  }

  /**
   * Draws the thumbnail of a time, cropped around the body so that it fills its place.
   * @param {CanvasRenderingContext2D} context @param {Source} source @param {number} at_s @param {Place} place
   */
  #drawTile(context, { thumbnails, poses }, at_s, { x, width, height }) {
    const { count, every_s, columns, width: tileWidth, height: tileHeight } = thumbnails;
    const k = Math.min(count - 1, Math.max(0, Math.round(at_s / every_s)));
    const body = poses.at(k * every_s);
    const scale = height / tileHeight; // strip pixels per thumbnail pixel
    const fromVideo = tileWidth / poses.width; // thumbnail pixels per video pixel
    const middle_x = body ? fromVideo * meanX(body) : tileWidth / 2;
    const left = Math.max(0, Math.min(tileWidth - width / scale, middle_x - width / scale / 2));
    const shown = Math.min(tileWidth, width / scale);
    context.save();
    context.beginPath();
    context.rect(x + 0.5, 0, width - 1, height);
    context.clip();
    context.drawImage(this.#sprite, (k % columns) * tileWidth + left, Math.floor(k / columns) * tileHeight,
      shown, tileHeight, x, 0, shown * scale, height);
    const points = body?.map((p) => p && {
      x: x + (p.x * fromVideo - left) * scale, y: p.y * fromVideo * scale,
    });
    if (points) drawPose(context, points, THICKNESS_PX);
    context.restore();
  }
}

/** @param {Point[]} body */
function meanX(body) {
  const xs = body.flatMap((p) => (p ? [p.x] : []));
  return xs.reduce((sum, x) => sum + x, 0) / Math.max(1, xs.length);
}
