// @ts-check
// The form before a video is sent: watch it, name it, choose the part, and see what is not allowed.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatLength, formatSize } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { TrimControl } from "./trim_control.js";
import { MB } from "./upload_api.js";
import { tooLargeSentence, tooLongSentence } from "./upload_sentences.js";
import { VideoPreview } from "./video_preview.js";

/** @import { TokenField } from "./token_field.js" */
/** @import { UploadLimits, VideoPart } from "./upload_api.js" */

const MAX_TITLE = 120;

/**
 * Emits `submit`, after which `file`, `title` and `part` say what to send, and `other` to choose
 * another video.
 * @extends {Emitter<{ submit: void, other: void }>}
 */
export class UploadForm extends Emitter {
  /** @type {File | null} */
  file = null;
  #limits = /** @type {UploadLimits} */ ({ max_mb: Infinity, max_s: Infinity });
  #preview = new VideoPreview();
  #trim = new TrimControl();
  #title = make("input", {
    type: "text", maxlength: String(MAX_TITLE), required: "", autocomplete: "off", "data-part": "lesson-title",
  });
  #facts = make("p", { class: "quiet", "data-part": "video-facts" });
  #tooLong = make("p", { "data-part": "too-long" });
  #refusal = make("p", { class: "refusal", role: "alert", "data-part": "unfit" });
  #submit = make("button", { type: "submit", class: "main", "data-part": "make", "data-i18n": "upload.make" });
  #token;
  /** @type {{ title: string, part: VideoPart } | undefined} */
  #previous;

  /** @param {TokenField} token */
  constructor(token) {
    super();
    this.#token = token;
    const other = make("button", { type: "button", "data-part": "other-video", "data-i18n": "upload.other" });
    const form = make("form", { class: "editor-form" }, [
      make("label", { class: "field" }, [make("span", { "data-i18n": "upload.name" }), this.#title]),
      this.#facts, this.#tooLong, make("p", { class: "quiet", "data-i18n": "upload.advice" }), this.#refusal,
      token.element, make("p", { class: "actions" }, [this.#submit, other]),
    ]);
    this.element = make("div", { class: "editor" }, [
      make("div", { class: "editor-video" }, [this.#preview.element, this.#trim.element]), form,
    ]);
    form.addEventListener("submit", (event) => this.#onSubmit(event));
    other.addEventListener("click", () => this.emit("other"));
    this.#preview.on("metadata", () => this.#onMetadata());
    this.#preview.on("unplayable", () => {
      this.#facts.textContent = `${this.#facts.textContent} ${words.upload.cannotShow}`;
    });
    this.#trim.on("position", (position_s) => this.#preview.seek(position_s));
    this.#trim.on("part", () => this.#validate());
  }

  /**
   * @param {File} file @param {UploadLimits} limits
   * @param {{ title: string, part: VideoPart }} [previous] what was chosen for it earlier
   */
  show(file, limits, previous) {
    this.file = file;
    this.#limits = limits;
    this.#previous = previous;
    this.#token.show(limits);
    this.#title.value = previous?.title ?? titleFromName(file.name);
    this.#facts.textContent = `${file.name}, ${formatSize(file.size)}.`;
    this.#tooLong.textContent = "";
    this.#trim.element.hidden = true;
    this.#validate();
    this.#preview.show(file, words.upload.video);
  }

  get title() {
    return this.#title.value.trim();
  }

  /** @returns {VideoPart} */
  get part() {
    return this.#trim.element.hidden ? { from_s: null, to_s: null } : this.#trim.part;
  }

  hide() {
    this.#preview.clear();
  }

  /** The browser knows the video's length and size. */
  #onMetadata() {
    const { duration_s, size: { width, height } } = this.#preview;
    const { name, size } = /** @type {File} */ (this.file);
    const length = Number.isNaN(duration_s) ? "" : `, ${formatLength(duration_s)}`;
    this.#facts.textContent = `${name}, ${formatSize(size)}${length}, ${width} × ${height}.`;
    this.#trim.element.hidden = Number.isNaN(duration_s);
    if (!this.#trim.element.hidden) this.#trim.reset(duration_s, this.#previous?.part, this.#limits.max_s);
    if (duration_s > this.#limits.max_s) this.#tooLong.textContent = tooLongSentence(duration_s, this.#limits);
    this.#validate();
  }

  /** Says what the server would refuse. */
  #validate() {
    const size = this.file?.size ?? 0;
    const [start_s, end_s] = this.#trim.ends;
    const isTooLarge = size > this.#limits.max_mb * MB;
    const isTooLong = !this.#trim.element.hidden && this.#trim.isTooLong;
    this.#submit.disabled = isTooLarge || isTooLong;
    this.#tooLong.hidden = isTooLong; // the refusal says the same
    this.#refusal.textContent = isTooLarge ? tooLargeSentence(size, this.#limits)
      : isTooLong ? tooLongSentence(end_s - start_s, this.#limits) : "";
    this.#preview.stopAt(end_s || Infinity);
  }

  /** @param {Event} event */
  #onSubmit(event) {
    event.preventDefault();
    if (this.#submit.disabled) return;
    if (!this.title) this.#title.focus();
    else if (this.#token.isMissing) this.#token.focus();
    else this.emit("submit");
  }
}

/** "My dance" of "My_dance.mp4". @param {string} name */
const titleFromName = (name) =>
  name.replace(/\.[^.]*$/, "").replace(/[_\s]+/g, " ").trim().slice(0, MAX_TITLE) || name;
