// @ts-check
// Who waits to be let in.

import { make } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { words } from "../../i18n/words.js";

/** @import { Waiting } from "../class_messages.js" */

/**
 * Emits `admit` with the learners to let in, and `refuse` with one.
 * @extends {Emitter<{ admit: number[], refuse: number }>}
 */
export class WaitingList extends Emitter {
  element;
  #list = make("ul", { class: "class-waiting", "data-part": "class-waiting" });
  #all = make("button", { type: "button", class: "small", "data-part": "admit-all", "data-i18n": "classes.admitAll" });
  #status = make("p", { class: "hidden", role: "status" });
  #shown = "";
  /** @type {number[]} */
  #waiting = [];

  constructor() {
    super();
    this.#all.addEventListener("click", () => this.emit("admit", this.#waiting));
    this.element = make("section", { class: "block class-waiting-block", hidden: "" }, [
      make("h3", { "data-i18n": "classes.waiting" }), this.#list, this.#all, this.#status,
    ]);
  }

  /** @param {Waiting[]} learners who wait */
  show(learners) {
    const key = learners.map(({ learner, name }) => `${learner} ${name}`).join("\n");
    if (key === this.#shown) return; // a button that is about to be pressed stays
    this.#shown = key;
    this.#waiting = learners.map(({ learner }) => learner);
    this.element.hidden = learners.length === 0;
    this.#all.hidden = learners.length < 2;
    this.#status.textContent = learners.map(({ name }) => name).join(", ");
    this.#list.replaceChildren(...learners.map(({ learner, name }) => {
      const admit = make("button", { type: "button", class: "small main", "data-admit": String(learner), "aria-label": words.classes.admitOf(name) }, [words.classes.admit]);
      const refuse = make("button", { type: "button", class: "small plain", "aria-label": words.classes.refuseOf(name) }, [words.classes.refuse]);
      admit.addEventListener("click", () => this.emit("admit", [learner]));
      refuse.addEventListener("click", () => this.emit("refuse", learner));
      return make("li", {}, [make("bdi", {}, [name]), admit, refuse]);
    }));
  }
}
