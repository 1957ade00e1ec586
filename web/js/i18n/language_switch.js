// @ts-check
// The switch between languages; each is called by its own name.

import { make } from "../dom.js";
import { choose, language } from "./language.js";
import { LANGUAGES } from "./words.js";

/** @import { Language } from "./words.js" */

/** Event: `change` (the page speaks another language now). */
export class Languages extends EventTarget {
  /** @type {Map<Language, HTMLButtonElement>} */
  #buttons = new Map();

  /** @param {HTMLElement} root a group with a label */
  constructor(root) {
    super();
    for (const [name, { own }] of Object.entries(LANGUAGES)) {
      const code = /** @type {Language} */ (name);
      const button = make("button", { type: "button", lang: code, "data-language": code }, [own]);
      button.addEventListener("click", () => this.#choose(code));
      this.#buttons.set(code, button);
    }
    root.replaceChildren(...this.#buttons.values());
    this.#show();
  }

  /** @param {Language} code */
  #choose(code) {
    if (code === language) return;
    choose(code);
    this.#show();
    this.dispatchEvent(new Event("change"));
  }

  #show() {
    for (const [code, button] of this.#buttons) {
      button.setAttribute("aria-pressed", String(code === language));
    }
  }
}
