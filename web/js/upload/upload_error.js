// @ts-check
// Why no lesson came of a video, and what to do about it.

import { refusalOf } from "./upload_sentences.js";
import { make } from "../dom.js";

/** @import { UploadTrouble } from "./upload.js" */

/** What another try of the same may put right. */
const PASSING = new Set([
  "broken_upload", "called_off", "server_forgot", "server_stopping", "no_room", "too_many_jobs", "token_needed",
  "preparation_failed", "unreachable",
]);

/** Events: `again`, `other`, `leave`. */
export class AddTrouble extends EventTarget {
  #title = make("h3", { tabindex: "-1", "data-part": "adding-problem" });
  #advice = make("div", { class: "advice", "data-part": "adding-advice" });
  #again = this.#button("again", "main", "adding.again");
  #other = this.#button("other", "", "adding.chooseAgain");
  element = make("div", { class: "bench-one" }, [
    this.#title, this.#advice,
    make("p", { class: "actions" }, [
      this.#again, this.#other, this.#button("leave", "", "adding.lessons"),
    ]),
  ]);

  /** @param {string} event @param {string} kind @param {string} path of its words */
  #button(event, kind, path) {
    const button = make("button", { type: "button", class: kind, "data-part": `adding-${event}`, "data-say": path });
    button.addEventListener("click", () => this.dispatchEvent(new Event(event)));
    return button;
  }

  /** @param {UploadTrouble} trouble @param {boolean} atHand there is something to send again */
  show({ code, detail }, atHand) {
    const { title, advice } = refusalOf(code);
    const again = atHand && PASSING.has(code);
    this.#title.textContent = title;
    this.#advice.replaceChildren(
      ...advice.map((sentence) => make("p", {}, [sentence])),
      ...(detail ? [make("p", { class: "said", lang: "en" }, [detail])] : []),
    );
    this.#again.hidden = !again;
    this.#other.classList.toggle("main", !again);
    this.#title.focus();
  }
}
