// @ts-check
// Asks for the server's token, where it wants one.

import { make } from "../dom.js";

/** @import { Limits, Workshop } from "./upload_api.js" */

export class TokenField {
  #input;

  /** @param {Workshop} workshop */
  constructor(workshop) {
    this.#input = make("input", {
      type: "password", autocomplete: "off", spellcheck: "false", "data-part": "token",
    });
    this.#input.value = workshop.token;
    this.#input.addEventListener("input", () => { workshop.token = this.#input.value.trim(); });
    this.element = make("label", { class: "field", hidden: "" }, [
      make("span", { "data-say": "adding.token" }), this.#input,
      make("small", { class: "quiet", "data-say": "adding.tokenWhy" }),
    ]);
  }

  /** @param {Limits} limits */
  show({ needs_token }) {
    this.element.hidden = !needs_token;
  }

  /** It is missing. */
  get lacks() {
    return !this.element.hidden && !this.#input.value.trim();
  }

  focus() {
    this.#input.focus();
  }
}
