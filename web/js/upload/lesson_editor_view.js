// @ts-check
// A lesson of one's own to look at: the poses that were found, its name, another part, its end.

import { foundWords } from "./upload_sentences.js";
import { lengthOf } from "../i18n/unit_formats.js";
import { make } from "../dom.js";
import { Filmstrip } from "./filmstrip.js";
import { Goodbye } from "../confirm_delete.js";
import { Preview } from "./video_preview.js";
import { Trim } from "./trim_control.js";
import { words } from "../i18n/words.js";
import { videoUrl } from "./upload_api.js";

/** @import { Lesson } from "../api.js" */
/** @import { Posed } from "./pose_overlay.js" */
/** @import { TokenField } from "./token_field.js" */
/** @import { Limits } from "./upload_api.js" */

const LONGEST_TITLE = "120";

/** Events: `dance`, `rename` (detail a title), `cut` (detail a Stretch), `remove` (it was confirmed). */
export class MadeLesson extends EventTarget {
  #preview = new Preview();
  #strip = new Filmstrip();
  #trim = new Trim();
  #found = make("p", { "data-part": "found" });
  #facts = make("p", { class: "quiet", "data-part": "lesson-facts" });
  #title = make("input", { type: "text", maxlength: LONGEST_TITLE, required: "", autocomplete: "off", "data-part": "rename-title" });
  #said = make("p", { role: "status", "data-part": "made-said" });
  #refusal = make("p", { class: "refusal", role: "alert", "data-part": "made-refusal" });
  #cut = make("button", { type: "button", "data-part": "cut", "data-say": "adding.cut" });
  #end = make("p", { class: "end" });
  #token;

  /** @param {TokenField} token */
  constructor(token) {
    super();
    this.#token = token;
    const dance = make("button", { type: "button", class: "main", "data-part": "dance", "data-say": "adding.dance" });
    const naming = make("form", { class: "naming" }, [
      make("label", { class: "field" }, [make("span", { "data-say": "adding.name" }), this.#title]),
      make("button", { type: "submit", "data-part": "rename", "data-say": "adding.rename" }), token.element,
    ]);
    const cutting = make("div", { class: "cutting" }, [
      this.#strip.element, this.#trim.element,
      make("p", { class: "cut-line" }, [this.#cut, make("small", { class: "quiet", "data-say": "adding.cutWhy" })]),
    ]);
    const about = make("div", { class: "bench-words" }, [
      this.#found, this.#facts, make("p", { class: "actions" }, [dance]), naming,
      this.#said, this.#refusal, this.#end,
    ]);
    this.element = make("div", { class: "bench made" }, [this.#preview.element, about, cutting]);
    dance.addEventListener("click", () => this.#emit("dance"));
    naming.addEventListener("submit", (event) => {
      event.preventDefault();
      const title = this.#title.value.trim();
      if (title) this.#emit("rename", title);
    });
    this.#cut.addEventListener("click", () => this.#emit("cut", this.#trim.part));
    this.#trim.addEventListener("part", () => this.#judge());
    this.#trim.addEventListener("place", (event) => {
      this.#preview.seek(/** @type {CustomEvent} */ (event).detail);
    });
  }

  /** @param {string} type @param {unknown} [detail] */
  #emit(type, detail) {
    this.say("");
    this.refuse("");
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {Lesson} lesson @param {Limits} limits */
  show(lesson, limits) {
    this.#found.textContent = words.adding.loading;
    this.#facts.textContent = [
      lengthOf(lesson.duration_s), ...(lesson.width ? [`${lesson.width} × ${lesson.height}`] : []),
    ].join(", ");
    this.#token.show(limits);
    this.name(lesson.title);
    this.say("");
    this.refuse("");
    this.#strip.element.hidden = true;
    this.#trim.begin(lesson.duration_s);
    this.#judge();
    this.#preview.show(videoUrl(lesson.id), lesson.title);
  }

  /** Its title now. @param {string} title */
  name(title) {
    this.#title.value = title;
    const { deletesOf, goes, deletes, confirm, cancel } = words.adding;
    const said = { title: deletesOf(title), goes, deletes, confirm, cancel };
    const goodbye = new Goodbye(said, "delete-lesson");
    goodbye.addEventListener("confirm", () => this.#emit("remove"));
    this.#end.replaceChildren(goodbye.button, goodbye.dialog);
  }

  /** @param {Lesson} lesson @param {Posed} posed */
  showPoses(lesson, posed) {
    this.#found.textContent = foundWords(posed);
    this.#preview.showPoses(posed);
    this.#strip.show(lesson, posed);
  }

  #judge() {
    this.#cut.disabled = this.#trim.isWhole;
    this.#preview.stopAt(this.#trim.ends[1]);
  }

  /** @param {string} sentence */
  say(sentence) {
    this.#said.textContent = sentence;
  }

  /** @param {string} why something could not be done */
  refuse(why) {
    this.#refusal.textContent = why;
  }

  rest() {
    this.#preview.clear();
  }
}
