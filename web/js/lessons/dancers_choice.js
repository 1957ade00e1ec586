// @ts-check
// How many dance before the camera, and what the others are called.

import { make } from "../dom.js";
import { words } from "../i18n/words.js";
import { readStorage, writeStorage } from "../storage.js";

export const MAX_DANCERS = 4;
const MAX_NAME = 40;

/**
 * Who dances, by their numbers as the learners see them: 1 stands on the left of their mirrored picture.
 * @typedef {{ dancers: number, names: string[] }} Group  `names`: "" for none
 */

/** The server numbers dancers in its own picture, which is not mirrored. @param {number} dancer @param {number} dancers */
export const placeOf = (dancer, dancers) => dancers - 1 - dancer;

/** What to call the one in that place. @param {Group} group @param {number} place from 0 on */
export const dancerName = ({ names }, place) => names[place] || words.group.dancer(place + 1);

export class DancersChoice {
  #root;
  #names;
  /** @type {HTMLInputElement[]} of the second dancer and those after */
  #inputs = [];

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    const chosen = readStorage("dancers") ?? "1";
    const radios = Array.from({ length: MAX_DANCERS }, (_, k) => {
      const input = make("input", { type: "radio", name: "dancers", value: String(k + 1) });
      input.checked = chosen === String(k + 1);
      input.addEventListener("change", () => {
        writeStorage("dancers", input.value);
        this.#update();
      });
      const text = k === 0 ? make("span", { "data-i18n": "group.one" }) : make("span", {}, [String(k + 1)]);
      return make("label", {}, [input, text]);
    });
    const fieldset = make("fieldset", { class: "sides" }, [make("legend", { "data-i18n": "group.howMany" }), ...radios]);
    this.#names = make("div", { class: "dancer-names" });
    root.replaceChildren(fieldset, this.#names);
    if (!fieldset.querySelector("input:checked")) radios[0].querySelector("input")?.click();
    this.#update();
  }

  /** How many dance. */
  get dancers() {
    const input = /** @type {HTMLInputElement | null} */ (this.#root.querySelector("input[type=radio]:checked"));
    return Number(input?.value ?? 1);
  }

  /** Everybody, where the first is the learner. @param {string} learner @returns {Group} */
  group(learner) {
    return { dancers: this.dancers, names: [learner, ...this.#inputs.map(({ value }) => value.trim())] };
  }

  #update() {
    const typed = this.#inputs.map(({ value }) => value);
    this.#inputs = Array.from({ length: this.dancers - 1 }, (_, k) => {
      const input = make("input", {
        type: "text", maxlength: String(MAX_NAME), autocomplete: "off", spellcheck: "false",
        "data-part": `dancer-name-${k + 2}`,
      });
      input.value = typed[k] ?? readStorage(`dancer-${k + 2}`) ?? "";
      input.addEventListener("change", () => writeStorage(`dancer-${k + 2}`, input.value.trim()));
      return input;
    });
    this.#names.replaceChildren(...this.#inputs.map((input, k) =>
      make("label", { class: "learner-name-input" }, [
        make("span", { "data-i18n": `group.nameOf${k + 2}` }, [words.group[/** @type {"nameOf2"} */ (`nameOf${k + 2}`)]]),
        input,
      ])));
    if (this.dancers > 1) this.#names.append(make("p", { class: "quiet", "data-i18n": "group.order" }, [words.group.order]));
  }
}
