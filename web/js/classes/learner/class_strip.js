// @ts-check
// The line of a class on a learner's stage: how many are there, the raised hand, what they want, the leaderboard.

import { make } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { formatInteger } from "../../i18n/formats.js";
import { words } from "../../i18n/words.js";
import { readStorage, writeStorage } from "../../storage.js";
import { scoreText } from "../class_texts.js";

/** @import { BoardEntry } from "../class_messages.js" */

/**
 * Emits `hand` to raise or lower it, `listed` and `picture` as the learner wants it, `spoken` likewise.
 * @extends {Emitter<{ hand: boolean, listed: boolean, picture: boolean, spoken: boolean }>}
 */
export class ClassStrip extends Emitter {
  element;
  #count = make("span", { class: "class-count", "data-part": "class-count" });
  #hand = make("button", { type: "button", class: "small class-hand", "data-part": "class-hand", "aria-pressed": "false" });
  #spoken = box("spoken");
  #picture = box("shown");
  #listed = box("listedNow");
  #listedRow = row(this.#listed, "listedNow");
  #kept = make("span", { class: "class-kept", hidden: "", "data-part": "class-kept", "data-i18n": "classes.room.kept" });
  #board = make("details", { class: "class-board", hidden: "" });
  #places = make("ol", { "data-part": "class-places" });
  #isUp = false;

  constructor() {
    super();
    this.#spoken.checked = readStorage("spoken") === "yes";
    this.#spoken.addEventListener("change", () => {
      writeStorage("spoken", this.#spoken.checked ? "yes" : "no");
      this.emit("spoken", this.#spoken.checked);
    });
    this.#picture.addEventListener("change", () => this.emit("picture", this.#picture.checked));
    this.#listed.addEventListener("change", () => this.emit("listed", this.#listed.checked));
    this.#hand.addEventListener("click", () => this.emit("hand", !this.#isUp));
    this.#board.append(make("summary", { "data-i18n": "classes.board" }), this.#places);
    this.element = make("div", { class: "class-strip", "data-part": "class-strip", hidden: "" }, [
      this.#count, this.#hand, this.#kept, this.#board,
      make("details", { class: "class-wishes" }, [
        make("summary", { "data-part": "class-wishes", "data-i18n": "classes.wishes" }),
        make("div", { class: "class-wishes-body" }, [row(this.#spoken, "spoken", "spokenNote"), row(this.#picture, "shown", "shownNote"), this.#listedRow]),
      ]),
    ]);
  }

  get isSpoken() {
    return this.#spoken.checked;
  }

  get wantsPicture() {
    return this.#picture.checked;
  }

  /** @param {boolean} isListed on the leaderboard @param {boolean} hasBoard the class has one */
  open(isListed, hasBoard) {
    this.#picture.checked = false; // asked anew in each class
    this.#listed.checked = isListed;
    this.#listedRow.hidden = !hasBoard;
    this.#board.hidden = true;
    this.#kept.hidden = true;
    this.showCount(null);
    this.showHand(false);
    this.element.hidden = false;
  }

  /** @param {number | null} learners who are there; null: not known yet */
  showCount(learners) {
    this.#count.textContent = learners === null ? "" : words.classes.count(formatInteger(learners));
  }

  /** @param {boolean} isUp as the server has it */
  showHand(isUp) {
    this.#isUp = isUp;
    this.#hand.setAttribute("aria-pressed", String(isUp));
    this.#hand.textContent = isUp ? words.classes.lowerHand : words.classes.raise;
  }

  /** @param {boolean} isListed on the leaderboard, as the server has it */
  showListed(isListed) {
    if (document.activeElement !== this.#listed) this.#listed.checked = isListed;
  }

  /** @param {boolean} isKept the teacher keeps the class as a lesson */
  showKept(isKept) {
    this.#kept.hidden = !isKept;
  }

  /** @param {BoardEntry[] | null} entries the best first; null: the class has none @param {string} own name, if it is among them */
  showBoard(entries, own) {
    this.#board.hidden = !entries;
    if (!entries) return;
    this.#places.replaceChildren(...entries.map(({ name, score }) => make("li", name === own ? { class: "own" } : {}, [
      make("bdi", {}, [name]), ...(name === own ? [make("small", {}, [` (${words.classes.you})`])] : []), make("strong", {}, [scoreText(score)]),
    ])));
  }
}

/** @param {string} name */
const box = (name) => make("input", { type: "checkbox", id: `class-${name}`, "data-part": `class-wish-${name}`, "aria-describedby": `class-${name}-note` });

/** @param {HTMLInputElement} input @param {string} name of its text @param {string} [note] name of its note */
const row = (input, name, note) => make("div", { class: "setting" }, [
  make("label", { for: input.id }, [input, make("span", { "data-i18n": `classes.${name}` })]),
  make("p", { class: "quiet", id: `${input.id}-note`, "data-i18n": note ? `classes.${note}` : "classes.joining.listedNote" }),
]);
