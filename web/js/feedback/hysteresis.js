// @ts-check
// What a live verdict needs so that it can be read from across a room: values that do not flicker.
// Times are handed in.

/** @template T  A value that stays for a while, and that another must insist on. */
export class Held {
  #first;
  #hold_ms;
  #insist_ms;
  #shown;
  #since_ms = -Infinity;
  #next;
  #next_ms = -Infinity;

  /** @param {T} first @param {number} hold_ms it stays so long @param {number} [insist_ms] so long the next one must have come without another between */
  constructor(first, hold_ms, insist_ms = 0) {
    this.#first = this.#shown = this.#next = first;
    this.#hold_ms = hold_ms;
    this.#insist_ms = insist_ms;
  }

  /** @param {T} value @param {number} now_ms @returns {T} what is shown */
  take(value, now_ms) {
    if (value !== this.#next) {
      this.#next = value;
      this.#next_ms = now_ms;
    }
    const held = now_ms - this.#since_ms >= this.#hold_ms;
    if (value !== this.#shown && held && now_ms - this.#next_ms >= this.#insist_ms) {
      this.#shown = value;
      this.#since_ms = now_ms;
    }
    return this.#shown;
  }

  clear() {
    this.#shown = this.#next = this.#first;
    this.#since_ms = this.#next_ms = -Infinity;
  }
}

/** A number that follows slowly, and is shown anew only when it has moved by a step. */
export class Calm {
  /** It follows, unrounded; null while it is not known. @type {number | null} */
  value = null;
  /** @type {number | null} */
  #shown = null;
  #at_ms = 0;
  #settle_ms;
  #step;

  /** @param {number} settle_ms to go two thirds of the way @param {number} step */
  constructor(settle_ms, step) {
    this.#settle_ms = settle_ms;
    this.#step = step;
  }

  /** @param {number | null} value @param {number} now_ms @returns {number | null} in whole steps */
  take(value, now_ms) {
    if (value === null || this.value === null) this.value = value;
    else this.value += (value - this.value) * (1 - Math.exp((this.#at_ms - now_ms) / this.#settle_ms));
    this.#at_ms = now_ms;
    const far = this.value === null || this.#shown === null
      || Math.abs(this.value - this.#shown) > 0.75 * this.#step;
    if (far) this.#shown = this.value === null ? null : Math.round(this.value / this.#step) * this.#step;
    return this.#shown;
  }

  clear() {
    this.value = this.#shown = null;
  }
}

const GAP_MS = 1500; // longer, and nothing was judged meanwhile: it begins anew
const MOMENT_MS = 1000;

/** How many good moments there were in a row, each a second long. */
export class Combo {
  /** @type {number | null} */
  #since_ms = null;
  #at_ms = -Infinity;

  /** @param {boolean} good @param {number} now_ms @returns {number} */
  take(good, now_ms) {
    if (!good || now_ms - this.#at_ms > GAP_MS) this.#since_ms = null;
    this.#at_ms = now_ms;
    if (good) this.#since_ms ??= now_ms;
    return this.#since_ms === null ? 0 : Math.floor((now_ms - this.#since_ms) / MOMENT_MS);
  }

  clear() {
    this.#since_ms = null;
    this.#at_ms = -Infinity;
  }
}
