// @ts-check
// The poses that were found in a lesson: the pose at a time, where nobody was found, and a drawing.

import { LABEL_COLOURS } from "../feedback/score_colours.js";
import { LIMB_ENDS, middle } from "../stage/keypoints.js";

/** @import { Point } from "../stage/keypoints.js" */
/** @import { PoseTrack } from "./upload_api.js" */

const MIN_GAP_S = 1; // shorter gaps are not worth a sentence

export class LessonPoses {
  #fps;
  /** @type {(Point[] | null)[]} pixels of the lesson; null where nobody was found */
  #bodies;

  /** @param {PoseTrack} track */
  constructor({ fps, width, height, samples }) {
    this.#fps = fps;
    this.width = width;
    this.height = height;
    this.#bodies = samples.map(({ people: [instructor] }) => instructor
      ? instructor.keypoints.map(([x, y]) => (x === null || y === null ? null : { x, y }))
      : null);
  }

  get samples() {
    return this.#bodies.length;
  }

  /** The number of samples in which somebody was found. */
  get found() {
    return this.#bodies.filter(Boolean).length;
  }

  /** The pose at a time, interpolated between two samples. @param {number} t_s */
  at(t_s) {
    const position = t_s * this.#fps;
    const k = Math.max(0, Math.min(this.samples - 1, Math.floor(position)));
    const [body, next] = [this.#bodies[k], this.#bodies[k + 1]];
    if (!body || !next) return body ?? null;
    const share = Math.max(0, position - k);
    return body.map((from, joint) => {
      const to = next[joint];
      return from && to ? { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share } : from;
    });
  }

  /** The longest gap in which nobody was found, if it is long enough to matter. @returns {[number, number] | null} s */
  get gap() {
    let [start, longest] = [0, [0, 0]];
    [...this.#bodies, []].forEach((body, k) => {
      if (!body) return;
      if (k - start > longest[1] - longest[0]) longest = [start, k];
      start = k + 1;
    });
    const [from_s, to_s] = longest.map((k) => k / this.#fps);
    return to_s - from_s >= MIN_GAP_S ? [from_s, to_s] : null;
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {Point[]} points @param {number} thickness
 */
export function drawPose(context, points, thickness) {
  context.lineCap = "round";
  for (const [colour, width] of /** @type {const} */ ([["rgb(8 10 16 / 60%)", 1.8], [LABEL_COLOURS.great, 1]])) {
    context.strokeStyle = colour;
    context.lineWidth = thickness * width;
    for (const [from, to] of Object.values(LIMB_ENDS)) {
      const [a, b] = [middle(points, from), middle(points, to)];
      if (!a || !b) continue;
      context.beginPath();
      context.moveTo(a.x, a.y);
      context.lineTo(b.x, b.y);
      context.stroke();
    }
  }
}
