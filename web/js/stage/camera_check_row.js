// @ts-check
// The row under the videos: it offers the camera check, then shows its progress and a Skip button.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";

/** @extends {Emitter<{ start: void, decline: void, skip: void }>} */
export class CameraCheckRow extends Emitter {
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
      make("p", { "data-i18n": "live.check.offer" }),
      this.#button("start", "begin", "check-begin"),
      this.#button("decline", "decline", "check-decline", "plain"),
    ]);
    this.#again = make("div", { class: "offer" }, [
      this.#button("start", "again", "check-again"),
      this.#button("decline", "skip", "check-leave", "plain"),
    ]);
    this.#running = make("div", { class: "offer" }, [this.#dots, this.#skip]);
    root.replaceChildren(this.#offer, this.#again, this.#running);
  }

  /** @param {"start" | "decline" | "skip"} event @param {string} text its key in the words @param {string} name @param {string} [kind] */
  #button(event, text, name, kind = "") {
    const button = make("button", {
      type: "button", class: kind, "data-part": name, "data-i18n": `live.check.${text}`,
    });
    button.addEventListener("click", () => this.emit(event));
    return button;
  }

  /** @param {"nothing" | "offer" | "again" | "running"} content */
  show(content) {
    this.#root.hidden = content === "nothing";
    this.#offer.hidden = content !== "offer";
    this.#again.hidden = content !== "again";
    const starts = this.#running.hidden && content === "running";
    this.#running.hidden = content !== "running";
    if (starts) this.#skip.focus();
  }

  /** @param {number} done @param {number} of */
  showProgress(done, of) {
    while (this.#dots.childElementCount < of) this.#dots.append(make("span"));
    for (const [k, dot] of [...this.#dots.children].entries()) dot.className = k < done ? "done" : "";
  }
}
