// @ts-check
// Why no lesson was made of a video, and what to do about it.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { uploadErrorTexts } from "./upload_sentences.js";

/** @import { UploadError } from "./upload.js" */

/** Errors that may not come again if the same is sent again. */
const TEMPORARY = new Set([
  "broken_upload", "slow_upload", "called_off", "server_forgot", "server_stopping", "no_room", "too_many_jobs", "token_needed",
  "local_check_busy", "preparation_failed", "unreachable",
]);

/**
 * Emits `again` to send the same again, and `other` to choose another video.
 * @extends {Emitter<{ again: void, other: void, leave: void }>}
 */
export class UploadErrorPanel extends Emitter {
  #title = make("h3", { tabindex: "-1", "data-part": "adding-problem" });
  #advice = make("div", { class: "advice", "data-part": "adding-advice" });
  #again = this.#button("again", "main", "upload.again");
  #other = this.#button("other", "", "upload.chooseAgain");
  element = make("div", { class: "editor-single" }, [
    this.#title, this.#advice,
    make("p", { class: "actions" }, [
      this.#again, this.#other, this.#button("leave", "", "upload.lessons"),
    ]),
  ]);

  /** @param {"again" | "other" | "leave"} event @param {string} kind @param {string} text path of its text */
  #button(event, kind, text) {
    const button = make("button", { type: "button", class: kind, "data-part": `adding-${event}`, "data-i18n": text });
    button.addEventListener("click", () => this.emit(event));
    return button;
  }

  /** @param {UploadError} error @param {boolean} hasSource there is something to send again */
  show({ code, detail }, hasSource) {
    const { title, advice } = uploadErrorTexts(code);
    const canSendAgain = hasSource && TEMPORARY.has(code);
    this.#title.textContent = title;
    this.#advice.replaceChildren(
      ...advice.map((sentence) => make("p", {}, [sentence])),
      ...(detail ? [make("p", { class: "server-words", lang: "en" }, [detail])] : []),
    );
    this.#again.hidden = !canSendAgain;
    this.#other.classList.toggle("main", !canSendAgain);
    this.#title.focus();
  }
}
