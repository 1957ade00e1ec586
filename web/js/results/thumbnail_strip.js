// @ts-check
// A lesson's thumbnails side by side, as many as fit: where each is, in the strip and in the sprite.

/** @import { Thumbnails } from "../api.js" */

/**
 * @typedef {{ x: number, width: number, fromX: number, fromY: number, fromWidth: number,
 *   fromHeight: number }} Tile  `x`, `width`: in the strip; the others: pixels of the sprite
 */

/**
 * Tiles that fill a width. Each shows the lesson at the time of its middle, cropped to its shape.
 * @param {Thumbnails} thumbnails @param {number} duration_s
 * @param {number} width @param {number} height of the strip, in any unit
 * @returns {Tile[]}
 */
export function thumbnailTiles({ count, every_s, columns, width: fromWidth, height: fromHeight }, duration_s, width, height) {
  const tiles = Math.max(1, Math.round(width / (height * (fromWidth / fromHeight))));
  const tileWidth = width / tiles;
  const shown = Math.min(fromWidth, fromHeight * (tileWidth / height));
  return Array.from({ length: tiles }, (_, i) => {
    const at_s = (duration_s * (i + 0.5)) / tiles;
    const k = Math.min(count - 1, Math.max(0, Math.round(at_s / every_s)));
    return {
      x: i * tileWidth, width: tileWidth,
      fromX: (k % columns) * fromWidth + (fromWidth - shown) / 2,
      fromY: Math.floor(k / columns) * fromHeight,
      fromWidth: shown, fromHeight: Math.min(fromHeight, (shown * height) / tileWidth),
    };
  });
}
