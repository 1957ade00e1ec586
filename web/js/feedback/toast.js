// @ts-check
// A line of text that disappears after a while; the lesson goes on.

const DURATION_MS = 5000;

export class Toast {
  #line;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} line */
  constructor(line) {
    this.#line = line;
  }

  /** @param {string} sentence */
  show(sentence) {
    clearTimeout(this.#timer);
    this.#line.textContent = sentence;
    this.#timer = setTimeout(() => { this.#line.textContent = ""; }, DURATION_MS);
  }
}
