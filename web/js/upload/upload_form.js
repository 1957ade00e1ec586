// @ts-check
// Before a video is sent: look at it, name it, choose the part, and hear what does not fit.

import { tooLargeWords, tooLongWords } from "./upload_sentences.js";
import { lengthOf, sizeOf } from "../i18n/unit_formats.js";
import { make } from "../dom.js";
import { Preview } from "./video_preview.js";
import { Trim } from "./trim_control.js";
import { MB } from "./upload_api.js";
import { words } from "../i18n/words.js";

/** @import { TokenField } from "./token_field.js" */
/** @import { Limits, Stretch } from "./upload_api.js" */

const LONGEST_TITLE = 120;

/** Events: `make` (with `file`, `title`, `part`), `other` (another video is wanted). */
export class AddForm extends EventTarget {
  /** @type {File | null} */
  file = null;
  #limits = /** @type {Limits} */ ({ max_mb: Infinity, max_s: Infinity });
  #preview = new Preview();
  #trim = new Trim();
  #title = make("input", {
    type: "text", maxlength: String(LONGEST_TITLE), required: "", autocomplete: "off", "data-part": "lesson-title",
  });
  #facts = make("p", { class: "quiet", "data-part": "video-facts" });
  #long = make("p", { "data-part": "too-long" });
  #said = make("p", { class: "refusal", role: "alert", "data-part": "unfit" });
  #make = make("button", { type: "submit", class: "main", "data-part": "make", "data-say": "adding.make" });
  #token;
  /** @type {{ title: string, part: Stretch } | undefined} */
  #before;

  /** @param {TokenField} token */
  constructor(token) {
    super();
    this.#token = token;
    const other = make("button", { type: "button", "data-part": "other-video", "data-say": "adding.other" });
    const form = make("form", { class: "bench-words" }, [
      make("label", { class: "field" }, [make("span", { "data-say": "adding.name" }), this.#title]),
      this.#facts, this.#long, make("p", { class: "quiet", "data-say": "adding.advice" }), this.#said, token.element,
      make("p", { class: "actions" }, [this.#make, other]),
    ]);
    this.element = make("div", { class: "bench" }, [
      make("div", { class: "bench-picture" }, [this.#preview.element, this.#trim.element]), form,
    ]);
    form.addEventListener("submit", (event) => this.#submit(event));
    other.addEventListener("click", () => this.dispatchEvent(new Event("other")));
    this.#preview.addEventListener("known", () => this.#know());
    this.#preview.addEventListener("unseen", () => {
      this.#facts.textContent = `${this.#facts.textContent} ${words.adding.cannotShow}`;
    });
    this.#trim.addEventListener("place", (event) => {
      this.#preview.seek(/** @type {CustomEvent} */ (event).detail);
    });
    this.#trim.addEventListener("part", () => this.#judge());
  }

  /**
   * @param {File} file @param {Limits} limits
   * @param {{ title: string, part: Stretch }} [before] what was chosen for it earlier
   */
  show(file, limits, before) {
    this.file = file;
    this.#limits = limits;
    this.#before = before;
    this.#token.show(limits);
    this.#title.value = before?.title ?? titleOf(file.name);
    this.#facts.textContent = `${file.name}, ${sizeOf(file.size)}.`;
    this.#long.textContent = "";
    this.#trim.element.hidden = true;
    this.#judge();
    this.#preview.show(file, words.adding.video);
  }

  get title() {
    return this.#title.value.trim();
  }

  /** @returns {Stretch} */
  get part() {
    return this.#trim.element.hidden ? { from_s: null, to_s: null } : this.#trim.part;
  }

  rest() {
    this.#preview.clear();
  }

  #know() {
    const { duration_s, size: { width, height } } = this.#preview;
    const { name, size } = /** @type {File} */ (this.file);
    const length = Number.isNaN(duration_s) ? "" : `, ${lengthOf(duration_s)}`;
    this.#facts.textContent = `${name}, ${sizeOf(size)}${length}, ${width} × ${height}.`;
    this.#trim.element.hidden = Number.isNaN(duration_s);
    if (!this.#trim.element.hidden) this.#trim.begin(duration_s, this.#before?.part, this.#limits.max_s);
    if (duration_s > this.#limits.max_s) this.#long.textContent = tooLongWords(duration_s, this.#limits);
    this.#judge();
  }

  /** Says what the server would refuse. */
  #judge() {
    const size = this.file?.size ?? 0;
    const [begin_s, end_s] = this.#trim.ends;
    const tooLarge = size > this.#limits.max_mb * MB;
    const tooLong = !this.#trim.element.hidden && this.#trim.tooLong;
    this.#make.disabled = tooLarge || tooLong;
    this.#long.hidden = tooLong; // it is said below
    this.#said.textContent = tooLarge ? tooLargeWords(size, this.#limits)
      : tooLong ? tooLongWords(end_s - begin_s, this.#limits) : "";
    this.#preview.stopAt(end_s || Infinity);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    if (this.#make.disabled) return;
    if (!this.title) this.#title.focus();
    else if (this.#token.lacks) this.#token.focus();
    else this.dispatchEvent(new Event("make"));
  }
}

/** "My dance" of "My_dance.mp4". @param {string} name */
const titleOf = (name) =>
  name.replace(/\.[^.]*$/, "").replace(/[_\s]+/g, " ").trim().slice(0, LONGEST_TITLE) || name;
