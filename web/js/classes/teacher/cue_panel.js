// @ts-check
// What the teacher says to one or to all: a list in both languages, and a line of their own.

import { make } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { words } from "../../i18n/words.js";
import { cueSentence } from "../class_texts.js";

/** @import { CueKind } from "../../i18n/words/en/classes.js" */

/** As the server names them (docs/protocol.md). */
export const CUES = /** @type {CueKind[]} */ ([
  "arms_higher", "arms_lower", "bigger", "smaller", "faster", "slower", "knees_deeper", "legs_wider", "other_side",
  "watch_me", "listen", "step_back", "step_into_view", "almost", "well_done", "rest",
]);
const MAX_LINE = 200;

/** @typedef {{ cue: string } | { text: string }} CueWish  of the list, or a line of the teacher's own */

/**
 * Emits `cue` with what to say, and `everybody` when it goes to all again.
 * @extends {Emitter<{ cue: CueWish, everybody: void }>}
 */
export class CuePanel extends Emitter {
  element;
  #to = make("p", { class: "cue-to", role: "status", "data-part": "cue-to" });
  #everybody = make("button", { type: "button", class: "small plain", hidden: "", "data-part": "cue-everybody", "data-i18n": "classes.everybody" });
  #list = make("div", { class: "cue-list", role: "toolbar", "data-i18n-aria-label": "classes.say" });
  #line = make("input", { type: "text", maxlength: String(MAX_LINE), autocomplete: "off", "data-part": "cue-line" });
  #sent = make("p", { class: "quiet", role: "status", "data-part": "cue-sent" });
  /** Whom it goes to; "": all. */
  #name = "";

  constructor() {
    super();
    const buttons = CUES.map((kind, k) => {
      const button = make("button", {
        type: "button", class: "small", "data-cue": kind, "data-i18n": `classes.cues.${kind}`, tabindex: k === 0 ? "0" : "-1",
      });
      button.addEventListener("click", () => this.#send({ cue: kind }));
      return button;
    });
    this.#list.append(...buttons);
    this.#list.addEventListener("keydown", (event) => this.#onKey(event));
    this.#everybody.addEventListener("click", () => this.emit("everybody"));
    const form = make("form", { class: "cue-form" }, [
      make("label", { class: "field" }, [make("span", { "data-i18n": "classes.line" }), this.#line]),
      make("button", { type: "submit", class: "main", "data-part": "cue-send", "data-i18n": "classes.send" }),
    ]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#line.value.trim();
      if (text) this.#send({ text });
      this.#line.value = "";
    });
    this.element = make("section", { class: "block cue-panel" }, [
      make("div", { class: "cue-head" }, [make("h3", { "data-i18n": "classes.say" }), this.#to, this.#everybody]),
      this.#list, form, this.#sent,
    ]);
  }

  /** @param {string} name of who is chosen; "": all */
  showChosen(name) {
    this.#name = name;
    this.#to.textContent = this.#toText();
    this.#everybody.hidden = !name;
  }

  #toText() {
    return this.#name ? words.classes.toOne(this.#name) : words.classes.everybody;
  }

  reset() {
    this.#sent.textContent = "";
    this.#line.value = "";
    this.showChosen("");
  }

  /** @param {CueWish} cue */
  #send(cue) {
    this.emit("cue", cue);
    this.#sent.textContent = words.classes.sent(cueSentence(cue), this.#toText());
  }

  /** Arrows move the focus along the list: it is one stop of the Tab key. @param {KeyboardEvent} event */
  #onKey(event) {
    const buttons = /** @type {HTMLButtonElement[]} */ ([...this.#list.children]);
    const at = buttons.findIndex((button) => button === document.activeElement);
    /** @type {Record<string, number>} */
    const steps = {
      ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: buttons.length - 1,
    };
    if (at < 0 || !Object.hasOwn(steps, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (steps[event.key] + buttons.length) % buttons.length;
    buttons.forEach((button, k) => { button.tabIndex = k === next ? 0 : -1; });
    buttons[next].focus();
  }
}
