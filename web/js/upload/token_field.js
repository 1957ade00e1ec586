// @ts-check
// The field for the server's token, shown if the server requires one.

import { make } from "../dom.js";

/** @import { UploadApi, UploadLimits } from "./upload_api.js" */

export class TokenField {
  #api;
  #input;

  /** @param {UploadApi} api */
  constructor(api) {
    this.#api = api;
    this.#input = make("input", {
      type: "password", autocomplete: "off", spellcheck: "false", "data-part": "token",
    });
    this.#input.addEventListener("input", () => { api.token = this.#input.value.trim(); });
    this.element = make("label", { class: "field", hidden: "" }, [
      make("span", { "data-i18n": "upload.token" }), this.#input,
      make("small", { class: "quiet", "data-i18n": "upload.tokenNote" }),
    ]);
  }

  /** @param {UploadLimits} limits */
  show({ needs_token }) {
    this.element.hidden = !needs_token;
    this.#input.value = this.#api.token;
  }

  /** A token is required and was not typed. */
  get isMissing() {
    return !this.element.hidden && !this.#input.value.trim();
  }

  focus() {
    this.#input.focus();
  }
}
