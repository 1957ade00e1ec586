// @ts-check
// The picker: a card for each lesson, and on which side the learner follows.

import { thumbnailUrl } from "../api.js";
import { make, findPart } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatClock, formatInteger } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { readStorage, writeStorage } from "../storage.js";
import { instructorChoice } from "./instructor_choice.js";

/** @import { Lesson } from "../api.js" */
/** @import { Mirror } from "../connection/protocol.js" */
/** @import { Group } from "./dancers_choice.js" */

/** The bundled lesson; it cannot be edited. */
const DEMO = "demo";

/** @extends {Emitter<{ pick: Lesson, edit: Lesson }>} */
export class LessonPicker extends Emitter {
  #root;
  #cards;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#cards = findPart(root, "cards", HTMLUListElement);
    const chosen = readStorage("mirror");
    for (const radio of this.#radios()) {
      if (radio.value === chosen) radio.checked = true;
      radio.addEventListener("change", () => writeStorage("mirror", radio.value));
    }
  }

  #radios() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (
      this.#root.querySelectorAll('input[name="mirror"]'));
  }

  /** @returns {Mirror} */
  get mirror() {
    const radio = [...this.#radios()].find(({ checked }) => checked);
    return /** @type {Mirror} */ (radio?.value ?? "auto");
  }

  /** @param {Lesson[]} lessons @param {boolean} canEdit @param {HTMLElement} lastItem of the list @param {Group} group */
  show(lessons, canEdit, lastItem, group) {
    this.#cards.replaceChildren(...lessons.map((lesson) => this.#card(lesson, canEdit, group)), lastItem);
  }

  /** @param {Lesson} lesson @param {boolean} canEdit @param {Group} group */
  #card(lesson, canEdit, group) {
    const last = readStorage(`last:${lesson.id}`);
    const picture = make("img", { src: thumbnailUrl(lesson.id), alt: "", width: "480", height: "640" });
    picture.addEventListener("error", () => picture.remove());
    const button = make("button", { type: "button", class: "card", "data-lesson": lesson.id }, [
      make("span", { class: "card-picture" }, [picture]),
      make("span", { class: "card-words" }, [
        make("span", { class: "card-title" }, [lesson.title]),
        make("span", { class: "card-facts" }, [
          formatClock(Math.round(lesson.duration_s)),
          ...(last ? [` · ${words.choosing.lastTime(formatInteger(Number(last)))}`] : []),
        ]),
      ]),
    ]);
    button.addEventListener("click", () => this.emit("pick", lesson));
    const choice = instructorChoice(lesson, group);
    const parts = choice ? [button, choice] : [button];
    if (!canEdit || lesson.id === DEMO) return make("li", {}, parts);
    const edit = make("button", {
      type: "button", class: "edit", "data-edit": lesson.id, "aria-label": words.upload.editOf(lesson.title),
    }, [words.upload.edit]);
    edit.addEventListener("click", () => this.emit("edit", lesson));
    return make("li", {}, [...parts, edit]);
  }
}
