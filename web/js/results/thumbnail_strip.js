// @ts-check
// A lesson's small pictures side by side, as many as fit: where each lies, here and in the sprite.

/** @import { Thumbnails } from "../api.js" */

/**
 * @typedef {{ x: number, width: number, fromX: number, fromY: number, fromWidth: number,
 *   fromHeight: number }} Tile  here, and in pixels of the sprite
 */

/**
 * Tiles over a width; each shows the lesson at the middle of its place, cut to its shape.
 * @param {Thumbnails} thumbnails @param {number} duration_s
 * @param {number} width @param {number} height of the strip, in any unit
 * @returns {Tile[]}
 */
export function stripOf({ count, every_s, columns, width: fromWidth, height: fromHeight }, duration_s, width, height) {
  const number = Math.max(1, Math.round(width / (height * (fromWidth / fromHeight))));
  const each = width / number;
  const shown = Math.min(fromWidth, fromHeight * (each / height));
  return Array.from({ length: number }, (_, i) => {
    const at_s = (duration_s * (i + 0.5)) / number;
    const k = Math.min(count - 1, Math.max(0, Math.round(at_s / every_s)));
    return {
      x: i * each, width: each,
      fromX: (k % columns) * fromWidth + (fromWidth - shown) / 2,
      fromY: Math.floor(k / columns) * fromHeight,
      fromWidth: shown, fromHeight: Math.min(fromHeight, (shown * height) / each),
    };
  });
}
