// @ts-check
// Asks before everything under a name is deleted, and says what goes.

import { make } from "./dom.js";
import { HISTORY, deleteWords } from "./words.js";

/** Event: `confirm`. Put `button` and `dialog` into the page. */
export class Goodbye extends EventTarget {
  button = make("button", { type: "button", "data-part": "delete" }, [HISTORY.deletes]);
  dialog;

  /** @param {string} learner */
  constructor(learner) {
    super();
    const { title, goes } = deleteWords(learner);
    const cancel = make("button", { type: "button", autofocus: "", "data-part": "delete-cancel" }, [HISTORY.cancel]);
    const confirm = make("button", { type: "button", class: "grave", "data-part": "delete-confirm" }, [HISTORY.confirm]);
    this.dialog = make("dialog", { class: "goodbye", "aria-labelledby": "goodbye-title" }, [
      make("h3", { id: "goodbye-title" }, [title]), ...goes.map((sentence) => make("p", {}, [sentence])),
      make("p", { class: "actions" }, [confirm, cancel]),
    ]);
    this.button.addEventListener("click", () => this.dialog.showModal());
    cancel.addEventListener("click", () => this.dialog.close());
    confirm.addEventListener("click", () => {
      this.dialog.close();
      this.dispatchEvent(new Event("confirm"));
    });
  }
}
