// @ts-check
// Slower, and the same passage again: what learners of a dance ask for first.

import { make, part } from "../dom.js";
import { NO_MARKS, begunAt, endedAt, loopOf } from "./loop_marks.js";
import { words } from "../i18n/words.js";

/** @import { Marks } from "./loop_marks.js" */
/** @import { Loop } from "../connection/protocol.js" */
/** @import { Pace } from "../connection/attempt.js" */

/** Slow to fast, as the buttons stand, and where their words are. */
const RATES = /** @type {const} */ ([
  { rate: 0.5, text: "0.5×", name: "half" },
  { rate: 0.75, text: "0.75×", name: "threeQuarters" },
  { rate: 1, text: "1×", name: "full" },
]);
const SLOWER = -1, FASTER = 1;

/**
 * Events: `rate` (detail a rate), `loop` (detail a Loop, or null: no more), `marks` (detail Marks:
 * they changed), `remark` (detail a sentence).
 */
export class Practice extends EventTarget {
  #place_s;
  #from;
  #to;
  #off;
  /** @type {Map<number, HTMLButtonElement>} */
  #rates;
  #rate = 1;
  /** @type {Loop | null} as the server told it last */
  #loop = null;
  /** @type {Marks} */
  #marks = NO_MARKS;

  /** @param {HTMLElement} root @param {() => number} place_s where the lesson is */
  constructor(root, place_s) {
    super();
    this.#place_s = place_s;
    this.#rates = new Map(RATES.map(({ rate, text, name }) => {
      const said = `stage.${name}`;
      const button = make("button", { type: "button", "data-say-title": said }, [text]);
      button.addEventListener("click", () => this.#say("rate", rate));
      return [rate, button];
    }));
    part(root, "rates", HTMLElement).append(...this.#rates.values());
    this.#from = part(root, "mark-from", HTMLButtonElement);
    this.#from.addEventListener("click", () => this.#begin());
    this.#to = part(root, "mark-to", HTMLButtonElement);
    this.#to.addEventListener("click", () => this.#finish());
    this.#off = part(root, "loop-off", HTMLButtonElement);
    this.#off.addEventListener("click", () => this.#forget());
  }

  /** Another round: what it wants, and nothing else is marked. @param {Pace} pace */
  begin(pace) {
    this.#mark(NO_MARKS);
    this.#rate = pace.rate;
    this.#loop = pace.loop;
    this.show(pace);
  }

  /** @param {number[]} rates what the server can play */
  offer(rates) {
    for (const [rate, button] of this.#rates) button.disabled = !rates.includes(rate);
  }

  /** What the server plays. @param {Pace} pace */
  show({ rate, loop }) {
    const another = rate !== this.#rate && RATES.find((each) => each.rate === rate);
    if (another) this.#say("remark", words.stage[another.name]);
    if (loop && !this.#loop) this.#say("remark", words.stage.repeats);
    this.#rate = rate;
    for (const [each, button] of this.#rates) {
      button.setAttribute("aria-pressed", String(each === rate));
    }
    if (loop) this.#mark({ from_s: loop[0], to_s: loop[1] });
    else if (this.#loop && loopOf(this.#marks)) this.#mark(NO_MARKS);
    this.#loop = loop;
  }

  /** Keys by their sign, or by their place where another alphabet is on. @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const name = /^[ -~]$/.test(event.key) ? event.key.toLowerCase() : event.code;
    if (!Object.hasOwn(this.#keys, name)) return;
    event.preventDefault();
    this.#keys[name]();
  }

  /** @type {Record<string, () => void>} */
  #keys = {
    "-": () => this.#step(SLOWER), "<": () => this.#step(SLOWER),
    "+": () => this.#step(FASTER), "=": () => this.#step(FASTER), ">": () => this.#step(FASTER),
    "[": () => this.#begin(), a: () => this.#begin(), KeyA: () => this.#begin(),
    "]": () => this.#finish(), b: () => this.#finish(), KeyB: () => this.#finish(),
    l: () => this.#forget(), KeyL: () => this.#forget(),
  };

  /** @param {string} type @param {unknown} detail */
  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {number} by */
  #step(by) {
    const able = [...this.#rates].filter(([, { disabled }]) => !disabled).map(([rate]) => rate);
    const next = able[able.indexOf(this.#rate) + by];
    if (next !== undefined) this.#say("rate", next);
  }

  #begin() {
    this.#choose(begunAt(this.#marks, this.#place_s()));
  }

  #finish() {
    const marks = endedAt(this.#marks, this.#place_s());
    if (marks) this.#choose(marks);
    else this.#say("remark", words.stage.tooShort);
  }

  #forget() {
    this.#choose(NO_MARKS);
  }

  /** @param {Marks} marks the learner's own */
  #choose(marks) {
    const before = loopOf(this.#marks);
    const loop = loopOf(marks);
    this.#mark(marks);
    if (loop || before) this.#say("loop", loop);
  }

  /** @param {Marks} marks */
  #mark(marks) {
    this.#marks = marks;
    this.#off.disabled = marks.from_s === null;
    this.#from.setAttribute("aria-pressed", String(marks.from_s !== null));
    this.#to.setAttribute("aria-pressed", String(marks.to_s !== null));
    this.#say("marks", marks);
  }
}
