// @ts-check
// Asks before everything under a name is deleted, and says what goes.

import { make } from "./dom.js";
import { words } from "./words.js";

/** Event: `confirm`. Put `button` and `dialog` into the page. */
export class Goodbye extends EventTarget {
  button = make("button", { type: "button", "data-part": "delete" }, [words.history.deletes]);
  dialog;

  /** @param {string} learner */
  constructor(learner) {
    super();
    const { deletesOf, goes } = words.history;
    const cancel = make("button", { type: "button", autofocus: "", "data-part": "delete-cancel" }, [words.history.cancel]);
    const confirm = make("button", { type: "button", class: "grave", "data-part": "delete-confirm" }, [words.history.confirm]);
    this.dialog = make("dialog", { class: "goodbye", "aria-labelledby": "goodbye-title" }, [
      make("h3", { id: "goodbye-title" }, [deletesOf(learner)]), ...goes(learner).map((sentence) => make("p", {}, [sentence])),
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
