// @ts-check
// What the teacher says, large over the stage, and aloud for those who want that.

import { make } from "../../dom.js";
import { language } from "../../i18n/language.js";
import { cueSentence } from "../class_texts.js";

/** @import { Cue } from "../class_messages.js" */

const SHOWN_MS = 7000;
const HANGUL = /[\uac00-\ud7a3]/;

export class CueBanner {
  element = make("p", { class: "cue-banner", "data-part": "cue", role: "alert" });
  /** Whether cues are read aloud. */
  isSpoken = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Cue} cue */
  show(cue) {
    const text = cueSentence(cue);
    if (!text) return; // a kind of tomorrow
    clearTimeout(this.#timer);
    this.element.textContent = text;
    this.#timer = setTimeout(() => this.clear(), SHOWN_MS);
    if (this.isSpoken && "speechSynthesis" in window) {
      const spoken = new SpeechSynthesisUtterance(text);
      spoken.lang = cue.text ? (HANGUL.test(text) ? "ko" : "en") : language;
      speechSynthesis.cancel(); // the newest counts
      speechSynthesis.speak(spoken);
    }
  }

  clear() {
    clearTimeout(this.#timer);
    this.element.textContent = "";
    if ("speechSynthesis" in window) speechSynthesis.cancel();
  }
}
