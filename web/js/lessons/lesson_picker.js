// @ts-check
// The picker: a card for each lesson, and how the learner wants to be compared.

import { thumbnailUrl } from "../api.js";
import { make, part } from "../dom.js";
import { whole } from "../i18n/formats.js";
import { minutes } from "../connection/playback_position.js";
import { words } from "../i18n/words.js";
import { recall, remember } from "../storage.js";

/** @import { Lesson } from "../api.js" */
/** @import { Mirror } from "../connection/protocol.js" */

/** The bundled lesson: always there, as it is. */
const DEMO = "demo";

/** Events: `pick` and `edit` (detail a Lesson). */
export class Lessons extends EventTarget {
  #root;
  #cards;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#cards = part(root, "cards", HTMLUListElement);
    const chosen = recall("mirror");
    for (const radio of this.#radios()) {
      if (radio.value === chosen) radio.checked = true;
      radio.addEventListener("change", () => remember("mirror", radio.value));
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

  /** @param {Lesson[]} lessons @param {boolean} own may be changed @param {HTMLElement} more what stands behind them */
  show(lessons, own, more) {
    this.#cards.replaceChildren(...lessons.map((lesson) => this.#card(lesson, own)), more);
  }

  /** @param {Lesson} lesson @param {boolean} own */
  #card(lesson, own) {
    const last = recall(`last:${lesson.id}`);
    const picture = make("img", { src: thumbnailUrl(lesson.id), alt: "", width: "480", height: "640" });
    picture.addEventListener("error", () => picture.remove());
    const button = make("button", { type: "button", class: "card", "data-lesson": lesson.id }, [
      make("span", { class: "card-picture" }, [picture]),
      make("span", { class: "card-words" }, [
        make("span", { class: "card-title" }, [lesson.title]),
        make("span", { class: "card-facts" }, [
          minutes(Math.round(lesson.duration_s)),
          ...(last ? [` · ${words.choosing.lastTime(whole(Number(last)))}`] : []),
        ]),
      ]),
    ]);
    button.addEventListener("click", () => this.#emit("pick", lesson));
    if (!own || lesson.id === DEMO) return make("li", {}, [button]);
    const edit = make("button", {
      type: "button", class: "edit", "data-edit": lesson.id, "aria-label": words.adding.editOf(lesson.title),
    }, [words.adding.edit]);
    edit.addEventListener("click", () => this.#emit("edit", lesson));
    return make("li", {}, [button, edit]);
  }

  /** @param {string} type @param {Lesson} lesson */
  #emit(type, lesson) {
    this.dispatchEvent(new CustomEvent(type, { detail: lesson }));
  }
}
