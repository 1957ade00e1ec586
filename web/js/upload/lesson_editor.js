// @ts-check
// A lesson of one's own that is there: looked at, renamed, cut, removed.

import { ApiError } from "../api.js";
import { refusalOf } from "./upload_sentences.js";
import { MadeLesson } from "./lesson_editor_view.js";
import { Posed } from "./pose_overlay.js";
import { TokenField } from "./token_field.js";
import { words } from "../i18n/words.js";
import { fetchPoses } from "./upload_api.js";

/** @import { Lesson } from "../api.js" */
/** @import { UploadTrouble } from "./upload.js" */
/** @import { Limits, Workshop } from "./upload_api.js" */

/**
 * Events: `dance` (detail a Lesson), `renamed` (detail a Lesson), `removed`, `cut` (detail a Stretch
 * of `lesson`).
 */
export class OwnLesson extends EventTarget {
  /** What is looked at. @type {Lesson | null} */
  lesson = null;
  #workshop;

  /** @param {Workshop} workshop */
  constructor(workshop) {
    super();
    this.#workshop = workshop;
    this.view = new MadeLesson(new TokenField(workshop));
    const detail = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail;
    this.view.addEventListener("dance", () => this.#emit("dance", this.lesson));
    this.view.addEventListener("cut", (event) => this.#emit("cut", detail(event)));
    this.view.addEventListener("rename", (event) => this.#try((id) => this.#rename(id, detail(event))));
    this.view.addEventListener("remove", () => this.#try((id) => this.#remove(id)));
  }

  /** @param {string} type @param {unknown} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Once the view is in the page. @param {Lesson} lesson @param {Limits} limits */
  async show(lesson, limits) {
    this.lesson = lesson;
    this.view.show(lesson, limits);
    try {
      const posed = new Posed(await fetchPoses(lesson.id));
      if (this.lesson === lesson) this.view.showPoses(lesson, posed);
    } catch (error) {
      this.view.refuse(sentenceOf(error));
    }
  }

  /** Nothing is looked at any more. */
  rest() {
    this.lesson = null;
  }

  /** @param {string} id @param {string} title */
  async #rename(id, title) {
    this.lesson = await this.#workshop.rename(id, title);
    this.view.name(this.lesson.title);
    this.view.say(words.adding.renamed);
    this.#emit("renamed", this.lesson);
  }

  /** @param {string} id */
  async #remove(id) {
    await this.#workshop.remove(id);
    this.#emit("removed");
  }

  /** Says why it did not work. @param {(lesson: string) => Promise<void>} change */
  #try(change) {
    if (this.lesson) change(this.lesson.id).catch((error) => this.view.refuse(sentenceOf(error)));
  }
}

/** @param {unknown} error @returns {UploadTrouble} */
export const troubleOf = (error) =>
  error instanceof ApiError ? { code: error.code, detail: error.detail } : { code: "unreachable", detail: "" };

/** @param {unknown} error */
export function sentenceOf(error) {
  const { code, detail } = troubleOf(error);
  const { title, advice } = refusalOf(code);
  return detail ? `${title}. ${detail}` : `${title}. ${advice.join(" ")}`;
}
