// @ts-check
// Where the operator enters the server's token, shown to everybody whom the server does not know.

import { getToken, setToken } from "../access_token.js";
import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";

/** @import { ServerConfig } from "../api.js" */

/**
 * Emits `token` when one was entered; `show` then tells whether the server accepts it.
 * @extends {Emitter<{ token: void }>}
 */
export class TokenForm extends Emitter {
  #root;
  #details;
  #input = make("input", {
    type: "password", autocomplete: "off", spellcheck: "false", required: "", "data-part": "access-token",
    "aria-describedby": "access-note access-refusal",
  });
  #refusal = make("p", { id: "access-refusal", class: "refusal", role: "alert", "data-part": "access-refusal" });
  #wasEntered = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    const form = make("form", { class: "token-fields" }, [
      make("label", { class: "field" }, [make("span", { "data-i18n": "upload.token" }), this.#input]),
      make("button", { type: "submit", "data-part": "access-use", "data-i18n": "choosing.access.use" }),
    ]);
    this.#details = make("details", {}, [
      make("summary", { "data-i18n": "choosing.access.question", "data-part": "access-question" }),
      make("p", { id: "access-note", class: "quiet", "data-i18n": "choosing.access.note" }), form, this.#refusal,
    ]);
    root.replaceChildren(this.#details);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      setToken(this.#input.value);
      this.#wasEntered = true;
      this.emit("token");
    });
  }

  /** Shows itself where a token would open something. @param {ServerConfig} config */
  show({ access, history, uploads }) {
    if (access === "invite") return this.#reveal();
    const isClosed = history === "closed" || uploads?.why_code === "no_token" || Boolean(uploads?.needs_token);
    this.#reveal(access === "none" && isClosed);
  }

  /** @param {boolean} [isNeeded] a token would open something */
  #reveal(isNeeded = true) {
    this.#root.hidden = !isNeeded;
    this.#refusal.textContent = getToken() && isNeeded ? words.choosing.access.refused : "";
    if (this.#refusal.textContent && this.#wasEntered) this.#details.open = true;
    if (this.#root.hidden) this.#input.value = "";
    this.#wasEntered = false;
  }
}
