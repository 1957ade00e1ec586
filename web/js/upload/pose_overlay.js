// @ts-check
// The poses that were found in a lesson: at any moment, where nobody is found, and as a drawing.

import { LIMB_ENDS, middle } from "../stage/keypoints.js";
import { LABEL_COLOURS } from "../feedback/score_colours.js";

/** @import { Point } from "../stage/keypoints.js" */
/** @import { Poses } from "./upload_api.js" */

const LONG_S = 1; // a gap that is worth a word

export class Posed {
  #fps;
  /** @type {(Point[] | null)[]} pixels of the lesson; null where nobody is found */
  #bodies;

  /** @param {Poses} poses */
  constructor({ fps, width, height, samples }) {
    this.#fps = fps;
    this.width = width;
    this.height = height;
    this.#bodies = samples.map(({ people: [followed] }) => followed
      ? followed.keypoints.map(([x, y]) => (x === null || y === null ? null : { x, y }))
      : null);
  }

  get samples() {
    return this.#bodies.length;
  }

  /** In how many samples somebody is found. */
  get found() {
    return this.#bodies.filter(Boolean).length;
  }

  /** Between two samples, a body that is on its way from one to the other. @param {number} t_s */
  at(t_s) {
    const place = t_s * this.#fps;
    const k = Math.max(0, Math.min(this.samples - 1, Math.floor(place)));
    const [body, next] = [this.#bodies[k], this.#bodies[k + 1]];
    if (!body || !next) return body ?? null;
    const part = Math.max(0, place - k);
    return body.map((from, joint) => {
      const to = next[joint];
      return from && to ? { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part } : from;
    });
  }

  /** The longest stretch in which nobody is found, if it is one to speak of. @returns {[number, number] | null} s */
  get gap() {
    let [begun, longest] = [0, [0, 0]];
    [...this.#bodies, []].forEach((body, k) => {
      if (!body) return;
      if (k - begun > longest[1] - longest[0]) longest = [begun, k];
      begun = k + 1;
    });
    const [from_s, to_s] = longest.map((k) => k / this.#fps);
    return to_s - from_s >= LONG_S ? [from_s, to_s] : null;
  }
}

/**
 * @param {CanvasRenderingContext2D} context @param {Point[]} points @param {number} thickness
 */
export function drawPose(context, points, thickness) {
  context.lineCap = "round";
  for (const [colour, wide] of /** @type {const} */ ([["rgb(8 10 16 / 60%)", 1.8], [LABEL_COLOURS.great, 1]])) {
    context.strokeStyle = colour;
    context.lineWidth = thickness * wide;
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
