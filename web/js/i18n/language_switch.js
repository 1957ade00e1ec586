// @ts-check
// The buttons that switch the language; each language is written in its own name.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { chooseLanguage, language } from "./language.js";
import { LANGUAGES } from "./words.js";

/** @import { Language } from "./words.js" */

/**
 * Emits `change` after the page is in another language.
 * @extends {Emitter<{ change: void }>}
 */
export class LanguageSwitch extends Emitter {
  /** @type {Map<Language, HTMLButtonElement>} */
  #buttons = new Map();

  /** @param {HTMLElement} root a group with a label */
  constructor(root) {
    super();
    for (const [code, { nativeName }] of Object.entries(LANGUAGES)) {
      const next = /** @type {Language} */ (code);
      const button = make("button", { type: "button", lang: code, "data-language": code }, [nativeName]);
      button.addEventListener("click", () => this.#choose(next));
      this.#buttons.set(next, button);
    }
    root.replaceChildren(...this.#buttons.values());
    this.#show();
  }

  /** @param {Language} next */
  #choose(next) {
    if (next === language) return;
    chooseLanguage(next);
    this.#show();
    this.emit("change");
  }

  #show() {
    for (const [code, button] of this.#buttons) {
      button.setAttribute("aria-pressed", String(code === language));
    }
  }
}
