// @ts-check
// Why a learner's class does not go on: not let in yet, or the teacher's connection broke.

import { make } from "../../dom.js";
import { formatRoundLength } from "../../i18n/formats.js";
import { words } from "../../i18n/words.js";

/** @typedef {"none" | "waiting" | "away"} RoomState */

export class WaitingRoom {
  element;
  #title = make("h3", { "data-part": "room-title" });
  #note = make("p", { class: "quiet", "data-part": "room-note" });

  constructor() {
    this.element = make("section", { class: "interruption class-room", role: "status", "data-part": "class-room", hidden: "" }, [
      this.#title, this.#note,
    ]);
  }

  /** @param {RoomState} state @param {number | null} left_s how long the class waits for its teacher */
  show(state, left_s) {
    const { waiting, waitingNote, away, awayNote } = words.classes.room;
    const title = { none: "", waiting, away }[state];
    const note = state === "waiting" ? waitingNote : state === "away" && left_s !== null ? awayNote(formatRoundLength(left_s)) : "";
    this.element.hidden = state === "none";
    if (this.#title.textContent !== title) this.#title.textContent = title;
    if (this.#note.textContent !== note) this.#note.textContent = note;
  }
}
