// @ts-check
// Which place of the lesson a <video> with a file showed at which time of the page's clock.

const WINDOW_MS = 1000;
const MAX_FRAMES = 64;
const JUMP_MS = 80;
/** No video of a lesson has fewer frames a second: after this the picture stands still. */
const STALLED_MS = 250;
const MAX_STRETCHES = 8;

/**
 * The frames shown between two jumps, pauses or changes of the rate. `delays`: shown − place in the
 * lesson, of the last second; its median is steadier than what a browser says of one frame.
 * @typedef {{ rate: number, since_ms: number, until_ms: number, shown_ms: number,
 *   delays: { at_ms: number, delay_ms: number }[], delay_ms: number }} Stretch
 */

export class ScreenPosition {
  /** @type {Stretch[]} */
  #stretches = [];

  /**
   * A frame is on the screen.
   * @param {number} lesson_s @param {number} shown_ms @param {number} rate seconds of the lesson per second
   */
  show(lesson_s, shown_ms, rate) {
    const delay_ms = shown_ms - (lesson_s * 1000) / rate;
    let stretch = this.#stretches.at(-1);
    if (!stretch || !goesOn(stretch, shown_ms, delay_ms, rate)) {
      stretch = { rate, since_ms: shown_ms, until_ms: Infinity, shown_ms, delays: [], delay_ms };
      this.#stretches.push(stretch);
      this.#stretches.splice(0, this.#stretches.length - MAX_STRETCHES);
    }
    stretch.shown_ms = shown_ms;
    stretch.delays.push({ at_ms: shown_ms, delay_ms });
    stretch.delays = stretch.delays.filter(({ at_ms }) => at_ms >= shown_ms - WINDOW_MS).slice(-MAX_FRAMES);
    stretch.delay_ms = median(stretch.delays.map((one) => one.delay_ms));
  }

  /** The video pauses, seeks or waits for data: what comes next is another stretch. @param {number} at_ms */
  stop(at_ms) {
    const stretch = this.#stretches.at(-1);
    if (stretch && stretch.until_ms === Infinity) stretch.until_ms = Math.max(at_ms, stretch.since_ms);
  }

  /**
   * What was shown at a time; `lesson_s` is null where that is not known, or the picture stood still.
   * @param {number} at_ms
   * @returns {{ lesson_s: number | null, rate: number }}
   */
  at(at_ms) {
    const stretch = this.#stretches.findLast(({ since_ms }) => since_ms <= at_ms);
    if (!stretch || at_ms > Math.min(stretch.until_ms, stretch.shown_ms + STALLED_MS)) {
      return { lesson_s: null, rate: 0 };
    }
    return { lesson_s: ((at_ms - stretch.delay_ms) * stretch.rate) / 1000, rate: stretch.rate };
  }
}

/**
 * Whether a frame belongs to a stretch.
 * @param {Stretch} stretch @param {number} shown_ms @param {number} delay_ms @param {number} rate
 */
function goesOn(stretch, shown_ms, delay_ms, rate) {
  return rate === stretch.rate && stretch.until_ms === Infinity
    && shown_ms - stretch.shown_ms <= STALLED_MS && Math.abs(delay_ms - stretch.delay_ms) <= JUMP_MS;
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
