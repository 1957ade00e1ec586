// @ts-check
// The view of a lesson of one's own: its video with poses, its name, a part to keep, and delete.

import { ConfirmDelete } from "../confirm_delete.js";
import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatLength } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { listVideoUrls } from "../lessons/lesson_videos.js";
import { Filmstrip } from "./filmstrip.js";
import { TrimControl } from "./trim_control.js";
import { foundSentence } from "./upload_sentences.js";
import { VideoPreview } from "./video_preview.js";

/** @import { Lesson } from "../api.js" */
/** @import { LessonPoses } from "./pose_overlay.js" */
/** @import { TokenField } from "./token_field.js" */
/** @import { UploadLimits, VideoPart } from "./upload_api.js" */

const MAX_TITLE = "120";

/** @typedef {{ dance: void, rename: string, cut: VideoPart, remove: void }} EditorEvents */

/**
 * Emits what the learner asks for: `rename` with a title, `cut` with the part to keep, `remove` after
 * it was confirmed.
 * @extends {Emitter<EditorEvents>}
 */
export class LessonEditorView extends Emitter {
  #preview = new VideoPreview();
  #filmstrip = new Filmstrip();
  #trim = new TrimControl();
  #found = make("p", { "data-part": "found" });
  #facts = make("p", { class: "quiet", "data-part": "lesson-facts" });
  #title = make("input", { type: "text", maxlength: MAX_TITLE, required: "", autocomplete: "off", "data-part": "rename-title" });
  #status = make("p", { role: "status", "data-part": "made-said" });
  #refusal = make("p", { class: "refusal", role: "alert", "data-part": "made-refusal" });
  #cut = make("button", { type: "button", "data-part": "cut", "data-i18n": "upload.cut" });
  #delete = make("p", { class: "delete-section" });
  #token;

  /** @param {TokenField} token */
  constructor(token) {
    super();
    this.#token = token;
    const dance = make("button", { type: "button", class: "main", "data-part": "dance", "data-i18n": "upload.dance" });
    const rename = make("form", { class: "rename-form" }, [
      make("label", { class: "field" }, [make("span", { "data-i18n": "upload.name" }), this.#title]),
      make("button", { type: "submit", "data-part": "rename", "data-i18n": "upload.rename" }), token.element,
    ]);
    const cut = make("div", { class: "cut-section" }, [
      this.#filmstrip.element, this.#trim.element,
      make("p", { class: "cut-line" }, [this.#cut, make("small", { class: "quiet", "data-i18n": "upload.cutNote" })]),
    ]);
    const about = make("div", { class: "editor-form" }, [
      this.#found, this.#facts, make("p", { class: "actions" }, [dance]), rename,
      this.#status, this.#refusal, this.#delete,
    ]);
    this.element = make("div", { class: "editor lesson-editor" }, [this.#preview.element, about, cut]);
    dance.addEventListener("click", () => this.#request("dance"));
    rename.addEventListener("submit", (event) => {
      event.preventDefault();
      const title = this.#title.value.trim();
      if (title) this.#request("rename", title);
    });
    this.#cut.addEventListener("click", () => this.#request("cut", this.#trim.part));
    this.#trim.on("part", () => this.#onPart());
    this.#trim.on("position", (position_s) => this.#preview.seek(position_s));
  }

  /**
   * Emits a request, after it has removed the messages about an earlier one.
   * @template {keyof EditorEvents} T
   * @param {T} type @param {EditorEvents[T] extends void ? [] : [detail: EditorEvents[T]]} args
   */
  #request(type, ...args) {
    this.showStatus("");
    this.showRefusal("");
    this.emit(type, ...args);
  }

  /** @param {Lesson} lesson @param {UploadLimits} limits */
  show(lesson, limits) {
    this.#found.textContent = words.upload.loading;
    this.#facts.textContent = [
      formatLength(lesson.duration_s), ...(lesson.width ? [`${lesson.width} × ${lesson.height}`] : []),
    ].join(", ");
    this.#token.show(limits);
    this.setTitle(lesson.title);
    this.showStatus("");
    this.showRefusal("");
    this.#filmstrip.element.hidden = true;
    this.#trim.reset(lesson.duration_s);
    this.#onPart();
    this.#preview.show(listVideoUrls(lesson), lesson.title);
  }

  /** @param {string} title */
  setTitle(title) {
    this.#title.value = title;
    const { deleteTitle, ...texts } = words.upload;
    const confirmDelete = new ConfirmDelete({ ...texts, title: deleteTitle(title) }, "delete-lesson");
    confirmDelete.on("confirm", () => this.#request("remove"));
    this.#delete.replaceChildren(confirmDelete.button, confirmDelete.dialog);
  }

  /** @param {Lesson} lesson @param {LessonPoses} poses */
  showPoses(lesson, poses) {
    this.#found.textContent = foundSentence(poses);
    this.#preview.showPoses(poses);
    this.#filmstrip.show(lesson, poses);
  }

  #onPart() {
    this.#cut.disabled = this.#trim.isWhole;
    this.#preview.stopAt(this.#trim.ends[1]);
  }

  /** @param {string} sentence */
  showStatus(sentence) {
    this.#status.textContent = sentence;
  }

  /** @param {string} reason why something could not be done */
  showRefusal(reason) {
    this.#refusal.textContent = reason;
  }

  hide() {
    this.#preview.clear();
  }
}
