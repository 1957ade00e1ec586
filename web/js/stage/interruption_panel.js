// @ts-check
// The panel over the videos: why the lesson waits, and a button to go on.

import { findPart, make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { retrySentence } from "../feedback/sentences.js";
import { words } from "../i18n/words.js";

/** @import { RetryCountdown } from "../connection/attempt_events.js" */
/** @import { Interruption } from "../i18n/words.js" */

/**
 * Emits `action` for its first button; `name` tells what that is about.
 * @extends {Emitter<{ action: void, leave: void }>}
 */
export class InterruptionPanel extends Emitter {
  /** @type {Interruption | null} */
  name = null;
  #root;
  #action;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#action = findPart(root, "act", HTMLButtonElement);
    this.#action.addEventListener("click", () => this.emit("action"));
    findPart(root, "leave", HTMLButtonElement).addEventListener("click", () => this.emit("leave"));
  }

  /** @param {Interruption | null} name */
  show(name) {
    if (name === this.name) return;
    this.name = name;
    this.#root.hidden = name === null;
    this.#root.dataset.name = name ?? "";
    this.showProgress("");
    if (!name) return;
    const { title, advice, action } = words.interruptions[name];
    findPart(this.#root, "problem", HTMLElement).textContent = title;
    findPart(this.#root, "advice", HTMLElement)
      .replaceChildren(...advice.map((sentence) => make("p", {}, [sentence])));
    this.#action.textContent = action;
    this.#action.focus(); // so that Space presses it, and a screen reader reads what it is about
  }

  /** @param {RetryCountdown} countdown */
  showRetry(countdown) {
    this.showProgress(retrySentence(countdown));
  }

  /** What would end the interruption, as things are now. @param {string} text */
  showProgress(text) {
    findPart(this.#root, "progress-words", HTMLElement).textContent = text;
  }
}
