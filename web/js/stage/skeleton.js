// @ts-check
// Draws the learner's skeleton, and the instructor's as a ghost, over the webcam picture.

import { Ghost, LIMB_ENDS, limbValue, middle, toPoints } from "./keypoints.js";
import { LIMB_COLOURS, limbLevel } from "../feedback/score_colours.js";
import { recall, remember } from "../storage.js";

/** @import { Point } from "./keypoints.js" */
/** @import { LimbLevel } from "../feedback/score_colours.js" */
/** @import { Limb, Mirror, Score } from "../connection/protocol.js" */

/** @typedef {Partial<Record<Limb, LimbLevel>>} LimbLevels */

/** By width too: not everybody tells red from green. @type {Record<LimbLevel, number>} */
const WIDTHS = { right: 1, nearly: 1.25, wrong: 1.7, unseen: 0.8 };

const DRAW_EVERY_MS = 30; // the pictures below are no faster
const GLIDE_MS = 70; // poses come 5 times a second: glide to each new one
const STALE_MS = 1200;
const FADE_MS = 400;
const NOBODY = /** @type {Point[]} */ (Array.from({ length: 18 }, () => null));

/** Glides from one set of points to the next. */
class Glide {
  /** @type {Point[]} */
  points = NOBODY;

  /** @param {Point[]} target @param {number} elapsed_ms */
  towards(target, elapsed_ms) {
    const part = 1 - Math.exp(-elapsed_ms / GLIDE_MS);
    this.points = target.map((to, joint) => {
      const from = this.points[joint];
      return to && from ? { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part } : to;
    });
    return this.points;
  }
}

export class Skeleton {
  #canvas;
  #frame = 0;
  #drawn_ms = 0;
  #heard_ms = -Infinity;
  #body = new Glide();
  #shade = new Glide();
  /** @type {Score | null} */
  #score = null;
  /** @type {Ghost} */
  #ghost = new Ghost("auto");
  #lesson = { width: 3, height: 4 };
  #ghostWanted;
  /** @type {LimbLevels} as they are drawn */
  #levels = {};

  /**
   * @param {HTMLCanvasElement} canvas laid exactly over the picture
   * @param {HTMLInputElement} ghostWanted whether the instructor's pose is drawn, too
   */
  constructor(canvas, ghostWanted) {
    this.#canvas = canvas;
    this.#ghostWanted = ghostWanted;
    ghostWanted.checked = recall("ghost") === "yes";
    ghostWanted.addEventListener("change", () => remember("ghost", ghostWanted.checked ? "yes" : "no"));
  }

  /** @param {Mirror} mirror */
  start(mirror) {
    this.stop();
    this.#ghost = new Ghost(mirror);
    this.#drawn_ms = performance.now();
    this.#frame = requestAnimationFrame((now_ms) => this.#draw(now_ms));
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#score = null;
    this.#levels = {};
    this.#forget();
    this.#canvas.getContext("2d")?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #forget() {
    this.#body = new Glide();
    this.#shade = new Glide();
  }

  /** @param {{ width: number, height: number }} lesson */
  setLesson(lesson) {
    this.#lesson = lesson;
  }

  /** @param {Score} score */
  show(score) {
    this.#score = score;
    for (const limb of /** @type {Limb[]} */ (Object.keys(LIMB_ENDS))) {
      this.#levels[limb] = limbLevel(limbValue(score.limbs, limb), this.#levels[limb]);
    }
    if (score.pose) this.#heard_ms = performance.now();
  }

  /** @param {number} now_ms */
  #draw(now_ms) {
    this.#frame = requestAnimationFrame((next_ms) => this.#draw(next_ms));
    const elapsed_ms = Math.max(0, now_ms - this.#drawn_ms);
    if (elapsed_ms < DRAW_EVERY_MS) return;
    this.#drawn_ms = now_ms;
    if (resized(this.#canvas)) this.#forget(); // where it glides from was in the old pixels
    const context = this.#canvas.getContext("2d");
    const { width, height } = this.#canvas;
    context?.clearRect(0, 0, width, height);
    if (!context || !this.#score?.pose) return;
    const age_ms = performance.now() - this.#heard_ms;
    context.globalAlpha = Math.max(0, Math.min(1, 1 - (age_ms - STALE_MS) / FADE_MS));
    const pose = toPoints(this.#score.pose, width, height);
    const thickness = Math.max(4, width / 110);
    if (this.#ghostWanted.checked && this.#score.target) {
      const target = toPoints(this.#score.target, this.#lesson.width, this.#lesson.height);
      const fit = this.#ghost.fit(target, this.#lesson.width, pose);
      if (fit) drawGhost(context, this.#shade.towards(fit, elapsed_ms), thickness * 3);
    }
    drawBody(context, this.#body.towards(pose, elapsed_ms), this.#levels, thickness);
  }
}

/** Gives the canvas as many pixels as its box has; true when that changed. @param {HTMLCanvasElement} canvas */
function resized(canvas) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio].map(Math.round);
  const changes = canvas.width !== width || canvas.height !== height;
  if (changes) Object.assign(canvas, { width, height });
  return changes;
}

/** @param {CanvasRenderingContext2D} context @param {Point} from @param {Point} to */
function line(context, from, to) {
  if (!from || !to) return;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context @param {Point[]} points
 * @param {LimbLevels} levels @param {number} thickness
 */
function drawBody(context, points, levels, thickness) {
  context.lineCap = "round";
  for (const [limb, [from, to]] of Object.entries(LIMB_ENDS)) {
    const ends = /** @type {const} */ ([middle(points, from), middle(points, to)]);
    context.strokeStyle = "rgb(8 10 16 / 55%)";
    const level = levels[/** @type {Limb} */ (limb)] ?? "unseen";
    const width = thickness * WIDTHS[level];
    context.lineWidth = width + thickness * 0.7;
    line(context, ...ends);
    context.strokeStyle = LIMB_COLOURS[level];
    context.lineWidth = width;
    line(context, ...ends);
  }
  context.fillStyle = "#fff";
  for (const point of points.slice(0, 14)) {
    if (!point) continue;
    context.beginPath();
    context.arc(point.x, point.y, thickness * 0.62, 0, Math.PI * 2);
    context.fill();
  }
}

/** @param {CanvasRenderingContext2D} context @param {Point[]} points @param {number} thickness */
function drawGhost(context, points, thickness) {
  context.lineCap = "round";
  context.lineWidth = thickness;
  context.strokeStyle = "rgb(255 206 140 / 55%)";
  for (const [from, to] of Object.values(LIMB_ENDS)) {
    line(context, middle(points, from), middle(points, to));
  }
}
