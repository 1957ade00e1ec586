// @ts-check
// Asks before something is deleted, and says what goes.

import { make } from "./dom.js";

/** Event: `confirm`. Put `button` and `dialog` into the page. */
export class Goodbye extends EventTarget {
  button;
  dialog;

  /**
   * @param {{ title: string, goes: string[], deletes: string, confirm: string, cancel: string
   * }} said  `goes`: sentences; the others are buttons
   * @param {string} [name] of its parts in the page
   */
  constructor({ title, goes, ...said }, name = "delete") {
    super();
    const id = `${name}-title`;
    this.button = make("button", { type: "button", "data-part": name }, [said.deletes]);
    const cancel = make("button", { type: "button", "data-part": `${name}-cancel` }, [said.cancel]);
    const confirm = make("button", { type: "button", class: "grave", "data-part": `${name}-confirm` }, [said.confirm]);
    this.dialog = make("dialog", { class: "goodbye", "aria-labelledby": id }, [
      make("h3", { id }, [title]), ...goes.map((sentence) => make("p", {}, [sentence])),
      make("p", { class: "actions" }, [confirm, cancel]),
    ]);
    this.button.addEventListener("click", () => {
      this.dialog.showModal();
      cancel.focus();
    });
    cancel.addEventListener("click", () => this.dialog.close());
    confirm.addEventListener("click", () => {
      this.dialog.close();
      this.dispatchEvent(new Event("confirm"));
    });
  }
}
