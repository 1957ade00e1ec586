// @ts-check
// Slower playback, and a passage that repeats.

import { findPart, make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import { NO_MARKS, markEnd, markStart, toLoop } from "./loop_marks.js";

/** @import { Pace } from "../connection/attempt.js" */
/** @import { Loop } from "../connection/protocol.js" */
/** @import { LoopMarks } from "./loop_marks.js" */

/** From slow to fast, in the order of the buttons; `name` is the key of the words. */
const RATES = /** @type {const} */ ([
  { rate: 0.5, text: "0.5×", name: "half" },
  { rate: 0.75, text: "0.75×", name: "threeQuarters" },
  { rate: 1, text: "1×", name: "full" },
]);
const SLOWER = -1, FASTER = 1;

/**
 * Emits `rate` and `loop` that the learner asks for (null ends the repetition), `marks` when they
 * changed, and `toast` with a sentence to show.
 * @extends {Emitter<{ rate: number, loop: Loop | null, marks: LoopMarks, toast: string }>}
 */
export class PracticeControls extends Emitter {
  #position_s;
  #from;
  #to;
  #off;
  /** @type {Map<number, HTMLButtonElement>} */
  #rateButtons;
  #rate = 1;
  /** @type {Loop | null} as the server reported it last */
  #loop = null;
  /** @type {LoopMarks} */
  #marks = NO_MARKS;

  /** @param {HTMLElement} root @param {() => number} position_s where the lesson is now */
  constructor(root, position_s) {
    super();
    this.#position_s = position_s;
    this.#rateButtons = new Map(RATES.map(({ rate, text, name }) => {
      const button = make("button", { type: "button", "data-i18n-title": `stage.${name}` }, [text]);
      button.addEventListener("click", () => this.emit("rate", rate));
      return [rate, button];
    }));
    findPart(root, "rates", HTMLElement).append(...this.#rateButtons.values());
    this.#from = findPart(root, "mark-from", HTMLButtonElement);
    this.#from.addEventListener("click", () => this.#setStart());
    this.#to = findPart(root, "mark-to", HTMLButtonElement);
    this.#to.addEventListener("click", () => this.#setEnd());
    this.#off = findPart(root, "loop-off", HTMLButtonElement);
    this.#off.addEventListener("click", () => this.#choose(NO_MARKS));
  }

  /** Starts over for another attempt. @param {Pace} pace */
  reset(pace) {
    this.#setMarks(NO_MARKS);
    this.#rate = pace.rate;
    this.#loop = pace.loop;
    this.show(pace);
  }

  /** @param {number[]} rates that the server can play */
  enableRates(rates) {
    for (const [rate, button] of this.#rateButtons) button.disabled = !rates.includes(rate);
  }

  /** Shows what the server plays. @param {Pace} pace */
  show({ rate, loop }) {
    const changed = rate !== this.#rate && RATES.find((each) => each.rate === rate);
    if (changed) this.emit("toast", words.stage[changed.name]);
    if (loop && !this.#loop) this.emit("toast", words.stage.repeats);
    this.#rate = rate;
    for (const [each, button] of this.#rateButtons) {
      button.setAttribute("aria-pressed", String(each === rate));
    }
    if (loop) this.#setMarks({ from_s: loop[0], to_s: loop[1] });
    else if (this.#loop && toLoop(this.#marks)) this.#setMarks(NO_MARKS);
    this.#loop = loop;
  }

  /** Keys by their character, or by their place on a keyboard of another alphabet. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const name = /^[ -~]$/.test(event.key) ? event.key.toLowerCase() : event.code;
    if (!Object.hasOwn(this.#keys, name)) return;
    event.preventDefault();
    this.#keys[name]();
  }

  /** @type {Record<string, () => void>} */
  #keys = {
    "-": () => this.#stepRate(SLOWER), "<": () => this.#stepRate(SLOWER),
    "+": () => this.#stepRate(FASTER), "=": () => this.#stepRate(FASTER), ">": () => this.#stepRate(FASTER),
    "[": () => this.#setStart(), a: () => this.#setStart(), KeyA: () => this.#setStart(),
    "]": () => this.#setEnd(), b: () => this.#setEnd(), KeyB: () => this.#setEnd(),
    l: () => this.#choose(NO_MARKS), KeyL: () => this.#choose(NO_MARKS),
  };

  /** @param {number} by */
  #stepRate(by) {
    const enabled = [...this.#rateButtons].filter(([, { disabled }]) => !disabled).map(([rate]) => rate);
    const next = enabled[enabled.indexOf(this.#rate) + by];
    if (next !== undefined) this.emit("rate", next);
  }

  #setStart() {
    this.#choose(markStart(this.#marks, this.#position_s()));
  }

  #setEnd() {
    const marks = markEnd(this.#marks, this.#position_s());
    if (marks) this.#choose(marks);
    else this.emit("toast", words.stage.tooShort);
  }

  /** @param {LoopMarks} marks set by the learner */
  #choose(marks) {
    const before = toLoop(this.#marks);
    const loop = toLoop(marks);
    this.#setMarks(marks);
    if (loop || before) this.emit("loop", loop);
  }

  /** @param {LoopMarks} marks */
  #setMarks(marks) {
    this.#marks = marks;
    this.#off.disabled = marks.from_s === null;
    this.#from.setAttribute("aria-pressed", String(marks.from_s !== null));
    this.#to.setAttribute("aria-pressed", String(marks.to_s !== null));
    this.emit("marks", marks);
  }
}
