// @ts-check
// Over the pictures: why the lesson waits, and the way on.

import { make, part } from "../dom.js";
import { waitWords } from "../feedback/sentences.js";
import { words } from "../i18n/words.js";

/** @import { Wait } from "../connection/reconnect.js" */
/** @import { Interruption } from "../i18n/words.js" */

/** Events: `act` (the first button; `name` says what it is about), `leave`. */
export class InterruptionView extends EventTarget {
  /** @type {Interruption | null} */
  name = null;
  #root;
  #act;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#act = part(root, "act", HTMLButtonElement);
    this.#act.addEventListener("click", () => this.dispatchEvent(new Event("act")));
    part(root, "leave", HTMLButtonElement)
      .addEventListener("click", () => this.dispatchEvent(new Event("leave")));
  }

  /** @param {Interruption | null} name */
  show(name) {
    if (name === this.name) return;
    this.name = name;
    this.#root.hidden = name === null;
    this.#root.dataset.name = name ?? "";
    this.#say("");
    if (!name) return;
    const { title, advice, action } = words.interruptions[name];
    part(this.#root, "problem", HTMLElement).textContent = title;
    part(this.#root, "advice", HTMLElement)
      .replaceChildren(...advice.map((sentence) => make("p", {}, [sentence])));
    this.#act.textContent = action;
    this.#act.focus(); // so that Space does it, and a screen reader reads what it is about
  }

  /** What would end it, as it stands now. @param {string} text */
  advise(text) {
    this.#say(text);
  }

  /** @param {Wait} wait */
  count(wait) {
    this.#say(waitWords(wait));
  }

  /** @param {string} text */
  #say(text) {
    part(this.#root, "progress-words", HTMLElement).textContent = text;
  }
}
