// @ts-check
// The picker: a card for each lesson, and how the learner wants to be compared.

import { thumbnailUrl } from "./api.js";
import { make, part } from "./dom.js";
import { whole } from "./numerals.js";
import { minutes } from "./position.js";
import { words } from "./words.js";
import { recall, remember } from "./memory.js";

/** @import { Lesson } from "./api.js" */
/** @import { Mirror } from "./protocol.js" */

/** Event: `pick` (detail a Lesson). */
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

  /** @param {Lesson[]} lessons */
  show(lessons) {
    this.#cards.replaceChildren(...lessons.map((lesson) => this.#card(lesson)));
  }

  /** @param {Lesson} lesson */
  #card(lesson) {
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
    button.addEventListener("click", () => {
      this.dispatchEvent(new CustomEvent("pick", { detail: lesson }));
    });
    return make("li", {}, [button]);
  }
}
