// @ts-check
// The live verdict: a dial, a word, early or late, and what to do better.

import { framingAdvice } from "./body.js";
import { part } from "./dom.js";
import { whole } from "./numerals.js";
import { timingWords } from "./sayings.js";
import { words } from "./words.js";

/** @import { Score } from "./protocol.js" */

const FULL_SCALE_MS = 600;
const IN_VIEW = 0.5;
const HINT_HOLDS_MS = 1500; // long enough to be read from across a room

export class Scoreboard {
  #root;
  #number;
  #ring;
  #label;
  #needle;
  #lag;
  #prompt;
  #hint = { text: "", since_ms: -Infinity };

  /** @param {HTMLElement} root @param {HTMLElement} prompt the line over the learner's picture */
  constructor(root, prompt) {
    this.#root = root;
    this.#prompt = prompt;
    this.#number = part(root, "score", HTMLElement);
    this.#ring = part(root, "ring", SVGCircleElement);
    this.#label = part(root, "label", HTMLElement);
    this.#needle = part(root, "needle", HTMLElement);
    this.#lag = part(root, "lag", HTMLElement);
  }

  clear() {
    this.#dial(null);
    this.#label.textContent = "";
    delete this.#root.dataset.label;
    this.#timing(null);
    this.prompt("");
  }

  /** @param {Score} score */
  show(score) {
    const inView = score.coverage === null || score.coverage >= IN_VIEW;
    this.#dial(score.score);
    this.#label.textContent = inView && score.label ? words.stage.labels[score.label] : "";
    if (inView && score.label) this.#root.dataset.label = score.label;
    else delete this.#root.dataset.label;
    this.#timing(inView ? score.lag_ms : null);
    this.prompt(inView ? this.#held(score.hint ?? "") : words.stage.stepIntoView, inView ? "hint" : "alert");
  }

  /** Before the lesson: helps the learner to stand right. @param {Score} score */
  frame({ pose }) {
    const advice = framingAdvice(pose);
    this.prompt(advice ? words.stage[advice] : words.stage.inPicture, advice ? "alert" : "fine");
  }

  /** @param {string} text @param {"hint" | "alert" | "fine"} [tone] */
  prompt(text, tone = "hint") {
    this.#prompt.textContent = text;
    this.#prompt.dataset.tone = tone;
  }

  /** @param {string} hint */
  #held(hint) {
    const now_ms = performance.now();
    if (hint !== this.#hint.text && now_ms - this.#hint.since_ms > HINT_HOLDS_MS) {
      this.#hint = { text: hint, since_ms: now_ms };
    }
    return this.#hint.text;
  }

  /** @param {number | null} score */
  #dial(score) {
    this.#number.textContent = score === null ? words.stage.unknown : whole(score);
    this.#ring.style.strokeDashoffset = String(100 - (score ?? 0)); // its path is 100 long
  }

  /** @param {number | null} lag_ms */
  #timing(lag_ms) {
    const known = lag_ms !== null;
    this.#lag.textContent = known ? timingWords(lag_ms) : "";
    this.#needle.hidden = !known;
    const place = Math.max(-1, Math.min(1, (lag_ms ?? 0) / FULL_SCALE_MS));
    this.#needle.style.left = `${50 + 50 * place}%`;
  }
}
