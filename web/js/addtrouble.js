// @ts-check
// Why no lesson came of a video, and what to do about it.

import { make } from "./dom.js";
import { ADDING, OTHER_TROUBLE, UPLOAD_TROUBLE } from "./words-adding.js";

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
  #again = this.#button("again", "main", ADDING.again);
  #other = this.#button("other", "", ADDING.chooseAgain);
  element = make("div", { class: "bench-one" }, [
    this.#title, this.#advice,
    make("p", { class: "actions" }, [
      this.#again, this.#other, this.#button("leave", "", ADDING.lessons),
    ]),
  ]);

  /** @param {string} event @param {string} kind @param {string} words */
  #button(event, kind, words) {
    const button = make("button", { type: "button", class: kind, "data-part": `adding-${event}` }, [words]);
    button.addEventListener("click", () => this.dispatchEvent(new Event(event)));
    return button;
  }

  /** @param {UploadTrouble} trouble @param {boolean} atHand there is something to send again */
  show({ code, detail }, atHand) {
    const { title, advice } = UPLOAD_TROUBLE[code] ?? OTHER_TROUBLE;
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
