// @ts-check
// A line for what is worth a sentence and no more; the session goes on.

const HOLDS_MS = 5000;

export class Remark {
  #line;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} line */
  constructor(line) {
    this.#line = line;
  }

  /** @param {string} sentence */
  say(sentence) {
    clearTimeout(this.#timer);
    this.#line.textContent = sentence;
    this.#timer = setTimeout(() => { this.#line.textContent = ""; }, HOLDS_MS);
  }
}
