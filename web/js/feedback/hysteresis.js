// @ts-check
// Values that do not flicker, so that live feedback can be read from across a room. Callers pass the
// time in.

/** A value that stays for a while, and changes only to one that persists. @template T */
export class HeldValue {
  #initial;
  #hold_ms;
  #persist_ms;
  #shown;
  #shown_ms = -Infinity;
  #next;
  #next_ms = -Infinity;

  /**
   * @param {T} initial @param {number} hold_ms a value is shown for at least this long
   * @param {number} [persist_ms] the next value must come for this long without another in between
   */
  constructor(initial, hold_ms, persist_ms = 0) {
    this.#initial = this.#shown = this.#next = initial;
    this.#hold_ms = hold_ms;
    this.#persist_ms = persist_ms;
  }

  /** @param {T} value @param {number} now_ms @returns {T} the value to show */
  update(value, now_ms) {
    if (value !== this.#next) {
      this.#next = value;
      this.#next_ms = now_ms;
    }
    const canChange = now_ms - this.#shown_ms >= this.#hold_ms;
    if (value !== this.#shown && canChange && now_ms - this.#next_ms >= this.#persist_ms) {
      this.#shown = value;
      this.#shown_ms = now_ms;
    }
    return this.#shown;
  }

  reset() {
    this.#shown = this.#next = this.#initial;
    this.#shown_ms = this.#next_ms = -Infinity;
  }
}

/** A number that follows slowly, and whose shown value changes only when it has moved by a step. */
export class SmoothedNumber {
  /** Not rounded; null while it is not known. @type {number | null} */
  value = null;
  /** @type {number | null} */
  #shown = null;
  #at_ms = 0;
  #settle_ms;
  #step;

  /** @param {number} settle_ms time to move by two thirds of the difference @param {number} step */
  constructor(settle_ms, step) {
    this.#settle_ms = settle_ms;
    this.#step = step;
  }

  /** @param {number | null} value @param {number} now_ms @returns {number | null} rounded to a step */
  update(value, now_ms) {
    if (value === null || this.value === null) this.value = value;
    else this.value += (value - this.value) * (1 - Math.exp((this.#at_ms - now_ms) / this.#settle_ms));
    this.#at_ms = now_ms;
    const hasMoved = this.value === null || this.#shown === null
      || Math.abs(this.value - this.#shown) > 0.75 * this.#step;
    if (hasMoved) this.#shown = this.value === null ? null : Math.round(this.value / this.#step) * this.#step;
    return this.#shown;
  }

  reset() {
    this.value = this.#shown = null;
  }
}

const GAP_MS = 1500; // nothing was scored for longer than this: the count starts again
const MOMENT_MS = 1000;

/** Counts good moments in a row; a moment is a second long. */
export class Combo {
  /** @type {number | null} */
  #since_ms = null;
  #at_ms = -Infinity;

  /** @param {boolean} isGood @param {number} now_ms @returns {number} moments in a row */
  update(isGood, now_ms) {
    if (!isGood || now_ms - this.#at_ms > GAP_MS) this.#since_ms = null;
    this.#at_ms = now_ms;
    if (isGood) this.#since_ms ??= now_ms;
    return this.#since_ms === null ? 0 : Math.floor((now_ms - this.#since_ms) / MOMENT_MS);
  }

  reset() {
    this.#since_ms = null;
    this.#at_ms = -Infinity;
  }
}
