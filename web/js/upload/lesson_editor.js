// @ts-check
// Looks at a lesson of one's own, and renames, cuts or deletes it on the server.

import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import { LessonEditorView } from "./lesson_editor_view.js";
import { LessonPoses } from "./pose_overlay.js";
import { TokenField } from "./token_field.js";
import { fetchPoses } from "./upload_api.js";
import { uploadErrorSentence } from "./upload_sentences.js";

/** @import { Lesson } from "../api.js" */
/** @import { UploadApi, UploadLimits, VideoPart } from "./upload_api.js" */

/**
 * Emits `cut` with the part of `lesson` to keep; `renamed` and `removed` after the server did it.
 * @extends {Emitter<{ dance: Lesson, cut: VideoPart, renamed: Lesson, removed: void }>}
 */
export class LessonEditor extends Emitter {
  /** The lesson that is shown. @type {Lesson | null} */
  lesson = null;
  #api;

  /** @param {UploadApi} api */
  constructor(api) {
    super();
    this.#api = api;
    this.view = new LessonEditorView(new TokenField(api));
    this.view.on("dance", () => { if (this.lesson) this.emit("dance", this.lesson); });
    this.view.on("cut", (part) => this.emit("cut", part));
    this.view.on("rename", (title) => this.#change((id) => this.#rename(id, title)));
    this.view.on("remove", () => this.#change((id) => this.#remove(id)));
  }

  /** Call it when the view is in the page. @param {Lesson} lesson @param {UploadLimits} limits */
  async show(lesson, limits) {
    this.lesson = lesson;
    this.view.show(lesson, limits);
    try {
      const poses = new LessonPoses(await fetchPoses(lesson.id));
      if (this.lesson === lesson) this.view.showPoses(lesson, poses);
    } catch (error) {
      this.view.showRefusal(uploadErrorSentence(error));
    }
  }

  hide() {
    this.lesson = null;
  }

  /** @param {string} id @param {string} title */
  async #rename(id, title) {
    this.lesson = await this.#api.rename(id, title);
    this.view.setTitle(this.lesson.title);
    this.view.showStatus(words.upload.renamed);
    this.emit("renamed", this.lesson);
  }

  /** @param {string} id */
  async #remove(id) {
    await this.#api.remove(id);
    this.emit("removed");
  }

  /** Changes the lesson, and says why if that fails. @param {(id: string) => Promise<void>} change */
  #change(change) {
    if (!this.lesson) return;
    change(this.lesson.id).catch((error) => this.view.showRefusal(uploadErrorSentence(error)));
  }
}
