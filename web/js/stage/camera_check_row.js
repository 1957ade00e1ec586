// @ts-check
// Under the pictures: the offer of the arms check, and while it is on how far it is, and Skip.

import { make } from "../dom.js";

/** Events: `begin`, `decline`, `skip`. */
export class CheckRow extends EventTarget {
  #root;
  #offer;
  #again;
  #running;
  #dots = make("span", { class: "dots", "aria-hidden": "true" });
  #skip;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#skip = this.#button("skip", "skip", "check-skip");
    this.#offer = make("div", { class: "offer" }, [
      make("p", { "data-say": "live.check.offer" }),
      this.#button("begin", "begin", "check-begin"),
      this.#button("decline", "decline", "check-decline", "plain"),
    ]);
    this.#again = make("div", { class: "offer" }, [
      this.#button("begin", "again", "check-again"),
      this.#button("decline", "skip", "check-leave", "plain"),
    ]);
    this.#running = make("div", { class: "offer" }, [this.#dots, this.#skip]);
    root.replaceChildren(this.#offer, this.#again, this.#running);
  }

  /** @param {string} event @param {string} saying @param {string} name @param {string} [kind] */
  #button(event, saying, name, kind = "") {
    const button = make("button", {
      type: "button", class: kind, "data-part": name, "data-say": `live.check.${saying}`,
    });
    button.addEventListener("click", () => this.dispatchEvent(new Event(event)));
    return button;
  }

  /** @param {"nothing" | "offer" | "again" | "running"} what */
  show(what) {
    this.#root.hidden = what === "nothing";
    this.#offer.hidden = what !== "offer";
    this.#again.hidden = what !== "again";
    const began = this.#running.hidden && what === "running";
    this.#running.hidden = what !== "running";
    if (began) this.#skip.focus();
  }

  /** @param {number} done @param {number} of */
  count(done, of) {
    while (this.#dots.childElementCount < of) this.#dots.append(make("span"));
    for (const [k, dot] of [...this.#dots.children].entries()) dot.className = k < done ? "done" : "";
  }
}
