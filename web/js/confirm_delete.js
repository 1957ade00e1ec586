// @ts-check
// A button that deletes something, and the dialog that asks before and says what will be lost.

import { make } from "./dom.js";
import { Emitter } from "./emitter.js";

/**
 * @typedef {{ title: string, consequences: string[], deletes: string, confirm: string, cancel: string
 * }} DeleteTexts  `consequences`: sentences; the last three are on buttons
 */

/**
 * Put `button` and `dialog` into the page.
 * @extends {Emitter<{ confirm: void }>}
 */
export class ConfirmDelete extends Emitter {
  button;
  dialog;

  /** @param {DeleteTexts} texts @param {string} [name] prefix of its `data-part` names */
  constructor({ title, consequences, ...texts }, name = "delete") {
    super();
    const id = `${name}-title`;
    this.button = make("button", { type: "button", "data-part": name }, [texts.deletes]);
    const cancel = make("button", { type: "button", "data-part": `${name}-cancel` }, [texts.cancel]);
    const confirm = make("button", { type: "button", class: "danger", "data-part": `${name}-confirm` }, [texts.confirm]);
    this.dialog = make("dialog", { class: "confirm-delete", "aria-labelledby": id }, [
      make("h3", { id }, [title]), ...consequences.map((sentence) => make("p", {}, [sentence])),
      make("p", { class: "actions" }, [confirm, cancel]),
    ]);
    this.button.addEventListener("click", () => {
      this.dialog.showModal();
      cancel.focus();
    });
    cancel.addEventListener("click", () => this.dialog.close());
    confirm.addEventListener("click", () => {
      this.dialog.close();
      this.emit("confirm");
    });
  }
}
