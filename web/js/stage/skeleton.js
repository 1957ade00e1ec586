// @ts-check
// Draws the learner's skeleton, and the instructor's pose as a ghost, over the webcam's picture.

import { LIMB_COLOURS, limbLevel } from "../feedback/score_colours.js";
import { readStorage, writeStorage } from "../storage.js";
import { Ghost } from "./ghost.js";
import { LIMB_ENDS, limbScore, middle, toPoints } from "./keypoints.js";

/** @import { Limb, Mirror, Score } from "../connection/protocol.js" */
/** @import { LimbLevel } from "../feedback/score_colours.js" */
/** @import { Point } from "./keypoints.js" */

/** @typedef {Partial<Record<Limb, LimbLevel>>} LimbLevels */

/** Levels differ in width too, because not everybody can tell red from green. @type {Record<LimbLevel, number>} */
const WIDTHS = { right: 1, nearly: 1.25, wrong: 1.7, unseen: 0.8 };

const DRAW_INTERVAL_MS = 30; // the video below is no faster
const GLIDE_MS = 70; // poses come 5 times a second: glide to each new one
const STALE_MS = 1200;
const FADE_MS = 400;
const NOBODY = /** @type {Point[]} */ (Array.from({ length: 18 }, () => null));

/** Moves points smoothly towards a target. */
class Glide {
  /** @type {Point[]} */
  points = NOBODY;

  /** @param {Point[]} target @param {number} elapsed_ms */
  moveTowards(target, elapsed_ms) {
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
  #pose_ms = -Infinity;
  #bodyGlide = new Glide();
  #ghostGlide = new Glide();
  /** @type {Score | null} */
  #score = null;
  /** @type {Ghost} */
  #ghost = new Ghost("auto");
  #lesson = { width: 3, height: 4 };
  #ghostCheckbox;
  /** @type {LimbLevels} as they are drawn */
  #levels = {};

  /**
   * @param {HTMLCanvasElement} canvas laid exactly over the picture
   * @param {HTMLInputElement} ghostCheckbox whether the instructor's pose is drawn, too
   */
  constructor(canvas, ghostCheckbox) {
    this.#canvas = canvas;
    this.#ghostCheckbox = ghostCheckbox;
    ghostCheckbox.checked = readStorage("ghost") === "yes";
    ghostCheckbox.addEventListener("change", () => writeStorage("ghost", ghostCheckbox.checked ? "yes" : "no"));
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
    this.#resetGlides();
    this.#canvas.getContext("2d")?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #resetGlides() {
    this.#bodyGlide = new Glide();
    this.#ghostGlide = new Glide();
  }

  /** @param {{ width: number, height: number }} lesson */
  setLesson(lesson) {
    this.#lesson = lesson;
  }

  /** @param {Score} score */
  show(score) {
    this.#score = score;
    for (const limb of /** @type {Limb[]} */ (Object.keys(LIMB_ENDS))) {
      this.#levels[limb] = limbLevel(limbScore(score.limbs, limb), this.#levels[limb]);
    }
    if (score.pose) this.#pose_ms = performance.now();
  }

  /** @param {number} now_ms */
  #draw(now_ms) {
    this.#frame = requestAnimationFrame((next_ms) => this.#draw(next_ms));
    const elapsed_ms = Math.max(0, now_ms - this.#drawn_ms);
    if (elapsed_ms < DRAW_INTERVAL_MS) return;
    this.#drawn_ms = now_ms;
    if (resize(this.#canvas)) this.#resetGlides(); // their points are in the old pixels
    const context = this.#canvas.getContext("2d");
    const { width, height } = this.#canvas;
    context?.clearRect(0, 0, width, height);
    if (!context || !this.#score?.pose) return;
    const age_ms = performance.now() - this.#pose_ms;
    context.globalAlpha = Math.max(0, Math.min(1, 1 - (age_ms - STALE_MS) / FADE_MS));
    const pose = toPoints(this.#score.pose, width, height);
    const thickness = Math.max(4, width / 110);
    if (this.#ghostCheckbox.checked && this.#score.target) {
      const target = toPoints(this.#score.target, this.#lesson.width, this.#lesson.height);
      const ghost = this.#ghost.fit(target, this.#lesson.width, pose);
      if (ghost) drawGhost(context, this.#ghostGlide.moveTowards(ghost, elapsed_ms), thickness * 3);
    }
    drawBody(context, this.#bodyGlide.moveTowards(pose, elapsed_ms), this.#levels, thickness);
  }
}

/** Gives the canvas as many pixels as its box has; returns whether that changed it. @param {HTMLCanvasElement} canvas */
function resize(canvas) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio].map(Math.round);
  const changes = canvas.width !== width || canvas.height !== height;
  if (changes) Object.assign(canvas, { width, height });
  return changes;
}

/** @param {CanvasRenderingContext2D} context @param {Point} from @param {Point} to */
function drawLine(context, from, to) {
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
    drawLine(context, ...ends);
    context.strokeStyle = LIMB_COLOURS[level];
    context.lineWidth = width;
    drawLine(context, ...ends);
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
    drawLine(context, middle(points, from), middle(points, to));
  }
}
