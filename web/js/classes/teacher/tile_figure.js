// @ts-check
// Draws, for a tile, the reference and beside it the learner, as figures of lines; or the learner's
// picture, which they have switched on.

import { LIMB_COLOURS } from "../../feedback/score_colours.js";
import { LIMB_ENDS, middle, mirrored } from "../../stage/keypoints.js";

/** @import { Point } from "../../stage/keypoints.js" */
/** @import { RosterLearner, TileJoint } from "../class_messages.js" */

const REFERENCE_COLOUR = "#ffce8c";
/** How far the middles of both figures are from the middle of the tile, in heights. */
const BESIDE = 0.42;
/** Pictures come once in two seconds; after this long without one, the learner wants none any more. */
const PICTURE_MS = 6000;

export class TileFigure {
  #canvas;
  /** @type {ImageBitmap | null} */
  #picture = null;
  #pictureText = "";
  #picture_ms = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** @param {RosterLearner} learner @param {TileJoint[] | null} target where the reference is now */
  draw({ pose, mirror, weakest, picture }, target) {
    const canvas = this.#canvas;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio].map(Math.round);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    if (!context || !width || !height) return;
    this.#decode(picture);
    context.clearRect(0, 0, width, height);
    const beside = Math.min(BESIDE * height, width / 4);
    const thickness = Math.max(2, height / 40);
    if (target) {
      // As the learner follows it: all is drawn mirrored, as learners see themselves.
      const points = toTile(target, height);
      drawFigure(context, at(mirror === false ? mirrored(points, height) : points, width / 2 - beside, height), thickness, () => REFERENCE_COLOUR);
    }
    if (this.#picture) return drawPicture(context, this.#picture, width / 2 + beside, height);
    if (!pose) return;
    const flipped = toTile(pose, height).map((p) => p && { x: height - p.x, y: p.y }); // each limb keeps its name
    const points = at(flipped, width / 2 + beside, height);
    drawFigure(context, points, thickness, (limb) => (limb === weakest ? LIMB_COLOURS.wrong : LIMB_COLOURS.right));
  }

  /** A picture stays until another one comes, or none comes any more. @param {string | null} picture a JPEG in base64 */
  #decode(picture) {
    if (!picture && performance.now() - this.#picture_ms > PICTURE_MS) this.#show(null);
    if (!picture) return;
    this.#picture_ms = performance.now();
    if (picture === this.#pictureText) return;
    this.#pictureText = picture;
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    createImageBitmap(new Blob([bytes], { type: "image/jpeg" })).then((bitmap) => this.#show(bitmap), () => {}); // one that cannot be decoded is left out
  }

  /** @param {ImageBitmap | null} picture */
  #show(picture) {
    this.#picture?.close();
    this.#picture = picture;
  }
}

/** @param {TileJoint[]} joints @param {number} size pixels of the square tile @returns {Point[]} */
const toTile = (joints, size) => joints.map((joint) => joint && { x: joint[0] * size, y: joint[1] * size });

/** Moves a figure of a square tile to a place. @param {Point[]} points @param {number} centre pixels from the left @param {number} size @returns {Point[]} */
const at = (points, centre, size) => points.map((p) => p && { x: p.x - size / 2 + centre, y: p.y });

/**
 * @param {CanvasRenderingContext2D} context @param {Point[]} points @param {number} thickness
 * @param {(limb: string) => string} colour
 */
function drawFigure(context, points, thickness, colour) {
  context.lineCap = "round";
  for (const [limb, [from, to]] of Object.entries(LIMB_ENDS)) {
    const [a, b] = [middle(points, from), middle(points, to)];
    if (!a || !b) continue;
    context.strokeStyle = colour(limb);
    context.lineWidth = colour(limb) === LIMB_COLOURS.wrong ? thickness * 1.7 : thickness; // not by colour alone
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
    context.stroke();
  }
}

/** @param {CanvasRenderingContext2D} context @param {ImageBitmap} picture @param {number} centre @param {number} height */
function drawPicture(context, picture, centre, height) {
  const scale = Math.min((height * 0.95) / picture.height, (centre * 0.9) / picture.width);
  const [width, tall] = [picture.width * scale, picture.height * scale];
  context.save();
  context.translate(centre, height / 2);
  context.scale(-1, 1);
  context.drawImage(picture, -width / 2, -tall / 2, width, tall);
  context.restore();
}
