// @ts-check
// Draws what the server sees over the phone's picture.

import { LIMB_ENDS, middle, toPoints } from "../stage/keypoints.js";

/** @import { Joint } from "../connection/protocol.js" */

/** @param {HTMLCanvasElement} canvas laid exactly over the picture @param {Joint[]} pose */
export function drawPhoneSkeleton(canvas, pose) {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio].map(Math.round);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, width, height);
  const points = toPoints(pose, width, height);
  context.lineCap = "round";
  for (const [color, thickness] of /** @type {const} */ ([["rgb(8 10 16 / 55%)", 90], ["#ffb454", 140]])) {
    context.strokeStyle = color;
    context.lineWidth = Math.max(4, width / thickness);
    for (const ends of Object.values(LIMB_ENDS)) {
      const [from, to] = ends.map((end) => middle(points, end));
      if (!from || !to) continue;
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
      context.stroke();
    }
  }
}
