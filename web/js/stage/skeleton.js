// @ts-check
// Draws each dancer's skeleton, and the instructor's pose as a ghost, over the webcam's picture.

import { DANCER_COLOURS, LIMB_COLOURS, limbLevel } from "../feedback/score_colours.js";
import { readStorage, writeStorage } from "../storage.js";
import { Ghost } from "./ghost.js";
import { LIMB_ENDS, NECK, NOSE, limbScore, middle, toPoints } from "./keypoints.js";

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

/** One dancer's body, as it is drawn. */
class Body {
  /** @type {LimbLevels} */
  levels = {};
  bodyGlide = new Glide();
  ghostGlide = new Glide();
  pose_ms = -Infinity;
  /** @type {Score | null} */
  score = null;

  /** @param {Mirror} mirror */
  constructor(mirror) {
    this.ghost = new Ghost(mirror);
  }

  resetGlides() {
    this.bodyGlide = new Glide();
    this.ghostGlide = new Glide();
  }
}

export class Skeleton {
  #canvas;
  #frame = 0;
  #drawn_ms = 0;
  /** @type {Body[]} by their places, from left to right in the mirror */
  #bodies = [];
  #lesson = { width: 3, height: 4 };
  #ghostCheckbox;

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

  /** @param {Mirror} mirror @param {number} [dancers] */
  start(mirror, dancers = 1) {
    this.stop();
    this.#bodies = Array.from({ length: dancers }, () => new Body(mirror));
    this.#drawn_ms = performance.now();
    this.#frame = requestAnimationFrame((now_ms) => this.#draw(now_ms));
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#bodies = [];
    this.#canvas.getContext("2d")?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  /** @param {{ width: number, height: number }} lesson */
  setLesson(lesson) {
    this.#lesson = lesson;
  }

  /** @param {Score} score @param {number} [place] whose it is */
  show(score, place = 0) {
    const body = this.#bodies[place];
    if (!body) return;
    body.score = score;
    for (const limb of /** @type {Limb[]} */ (Object.keys(LIMB_ENDS))) {
      body.levels[limb] = limbLevel(limbScore(score.limbs, limb), body.levels[limb]);
    }
    if (score.pose) body.pose_ms = performance.now();
  }

  /** @param {number} now_ms */
  #draw(now_ms) {
    this.#frame = requestAnimationFrame((next_ms) => this.#draw(next_ms));
    const elapsed_ms = Math.max(0, now_ms - this.#drawn_ms);
    if (elapsed_ms < DRAW_INTERVAL_MS) return;
    this.#drawn_ms = now_ms;
    if (resize(this.#canvas)) for (const body of this.#bodies) body.resetGlides(); // in the old pixels
    const context = this.#canvas.getContext("2d");
    context?.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    if (context) this.#bodies.forEach((body, place) => this.#drawOne(context, body, place, elapsed_ms));
  }

  /** @param {CanvasRenderingContext2D} context @param {Body} body @param {number} place @param {number} elapsed_ms */
  #drawOne(context, body, place, elapsed_ms) {
    const { score, levels } = body;
    if (!score?.pose) return;
    const { width, height } = this.#canvas;
    const age_ms = performance.now() - body.pose_ms;
    context.globalAlpha = Math.max(0, Math.min(1, 1 - (age_ms - STALE_MS) / FADE_MS));
    const isGroup = this.#bodies.length > 1;
    const pose = toPoints(score.pose, width, height);
    const thickness = Math.max(4, width / (isGroup ? 150 : 110));
    if (this.#ghostCheckbox.checked && score.target) {
      const target = toPoints(score.target, this.#lesson.width, this.#lesson.height);
      const ghost = body.ghost.fit(target, this.#lesson.width, pose);
      if (ghost) drawGhost(context, body.ghostGlide.moveTowards(ghost, elapsed_ms), thickness * 3);
    }
    const points = body.bodyGlide.moveTowards(pose, elapsed_ms);
    drawBody(context, points, levels, thickness, isGroup ? DANCER_COLOURS[place] : "rgb(8 10 16 / 55%)");
    if (isGroup) drawNumber(context, points, place + 1, DANCER_COLOURS[place], width / 26);
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
 * @param {LimbLevels} levels @param {number} thickness @param {string} edge the colour around the limbs
 */
function drawBody(context, points, levels, thickness, edge) {
  context.lineCap = "round";
  for (const [limb, [from, to]] of Object.entries(LIMB_ENDS)) {
    const ends = /** @type {const} */ ([middle(points, from), middle(points, to)]);
    context.strokeStyle = edge;
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

/**
 * A dancer's number over their head; the picture is mirrored, and the number must not be.
 * @param {CanvasRenderingContext2D} context @param {Point[]} points @param {number} number
 * @param {string} colour @param {number} size
 */
function drawNumber(context, points, number, colour, size) {
  const seen = points.filter((point) => point !== null);
  if (!seen.length) return;
  const head = points[NOSE] ?? points[NECK] ?? seen[0];
  const top = Math.min(...seen.map(({ y }) => y));
  const y = Math.max(size, Math.min(head.y - 2 * size, top - size * 0.5));
  context.fillStyle = colour;
  context.beginPath();
  context.arc(head.x, y, size, 0, Math.PI * 2);
  context.fill();
  context.save();
  context.translate(head.x, y);
  context.scale(-1, 1);
  context.fillStyle = "#0c0e14";
  context.font = `700 ${Math.round(size * 1.3)}px sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(number), 0, size * 0.08);
  context.restore();
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
