// @ts-check
// Where a learner joins a class: the code of six letters, and the name that the teacher sees.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatInteger } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { CODE_LENGTH, toCode } from "./class_code_text.js";

/** @import { ClassInfo } from "./class_api.js" */

const MAX_NAME = 40;

/** @typedef {{ code: string, name: string, listed: boolean }} JoinWish  `listed`: on the leaderboard */

/**
 * Emits `code` when six letters are typed, and `join` with who wants to come in where.
 * @extends {Emitter<{ code: string, join: JoinWish, leave: void }>}
 */
export class JoinForm extends Emitter {
  #heading = make("h2", { id: "join-form-title", tabindex: "-1", "data-i18n": "classes.joining.title" });
  #code = make("input", {
    type: "text", required: "", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", class: "join-code",
    "data-part": "join-code", "aria-describedby": "join-code-note join-error",
  });
  #name = make("input", {
    type: "text", required: "", maxlength: String(MAX_NAME), autocomplete: "nickname", spellcheck: "false",
    "data-part": "join-name", "aria-describedby": "join-name-note",
  });
  #listed = make("input", { type: "checkbox", id: "join-listed", "data-part": "join-listed", "aria-describedby": "join-listed-note" });
  #listedRow = make("div", { class: "setting", hidden: "" }, [
    make("label", { for: "join-listed" }, [this.#listed, make("span", { "data-i18n": "classes.joining.listed" })]),
    make("p", { class: "quiet", id: "join-listed-note", "data-i18n": "classes.joining.listedNote" }),
  ]);
  #found = make("p", { class: "join-found", role: "status", "data-part": "join-found" });
  #error = make("p", { class: "refusal", id: "join-error", role: "alert", "data-part": "join-error" });
  #enter = make("button", { type: "submit", class: "main", "data-part": "join-enter", "data-i18n": "classes.joining.enter" });
  /** The code that was looked up last. */
  #asked = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    const back = make("button", { type: "button", class: "plain", "data-part": "join-back", "data-i18n": "classes.form.back" });
    back.addEventListener("click", () => this.emit("leave"));
    this.#code.addEventListener("input", () => this.#onInput());
    const form = make("form", { class: "editor-form join-form" }, [
      field("code", this.#code, "join-code-note", "codeNote"), this.#found,
      field("name", this.#name, "join-name-note", "nameNote"), this.#listedRow,
      make("p", { class: "quiet", "data-i18n": "classes.joining.camera" }), this.#error,
      make("p", { class: "actions" }, [this.#enter]),
    ]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#error.textContent = "";
      const listed = this.#listed.checked && !this.#listedRow.hidden;
      this.emit("join", { code: toCode(this.#code.value), name: this.#name.value.trim(), listed });
    });
    root.replaceChildren(
      make("header", { class: "history-head" }, [back, this.#heading]), make("section", { class: "block" }, [form]));
  }

  /** @param {string} code "" if it is still to be typed @param {string} name @param {boolean} isGiven it comes from the invitation */
  open(code, name, isGiven) {
    this.#code.value = code;
    this.#name.value = name;
    this.#name.readOnly = isGiven;
    this.#error.textContent = "";
    this.#listed.checked = false;
    this.#forget();
    this.setBusy(false);
    if (code.length === CODE_LENGTH) {
      this.#asked = code;
      this.emit("code", code);
      (name ? this.#enter : this.#name).focus();
    } else {
      this.#heading.focus();
    }
  }

  #onInput() {
    const code = toCode(this.#code.value);
    if (code === this.#asked) return;
    this.#forget();
    this.#error.textContent = "";
    if (code.length !== CODE_LENGTH) return;
    this.#asked = code;
    this.emit("code", code);
  }

  #forget() {
    this.#asked = "";
    this.#found.textContent = "";
    this.#listedRow.hidden = true;
  }

  /** @param {ClassInfo} info of the class with the code that was typed */
  showClass({ title, present, max_learners, leaderboard, keep }) {
    const found = words.classes.joining.found(title, formatInteger(present), formatInteger(max_learners));
    this.#found.textContent = keep ? `${found} ${words.classes.room.kept}` : found;
    this.#listedRow.hidden = !leaderboard;
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    this.#enter.disabled = isBusy;
  }

  /** @param {string} sentence */
  showError(sentence) {
    this.#error.textContent = sentence;
    this.setBusy(false);
    this.#code.focus();
  }
}

/** @param {string} name of its text @param {HTMLElement} control @param {string} noteId @param {string} note name of its text */
const field = (name, control, noteId, note) => make("label", { class: "field" }, [
  make("span", { "data-i18n": `classes.joining.${name}` }), control,
  make("small", { class: "quiet", id: noteId, "data-i18n": `classes.joining.${note}` }),
]);
