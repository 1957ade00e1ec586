// @ts-check
// Chooses a part of a video, with two handles on a track or two fields for exact numbers.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import { partLengthText } from "./upload_sentences.js";

/** @import { VideoPart } from "./upload_api.js" */

const STEP_S = 0.1;
/** Nobody can dance a shorter part. */
export const SHORTEST_PART_S = 1;

/**
 * Emits `position` with the seconds at which a handle is now, and `part` when the part changed.
 * @extends {Emitter<{ position: number, part: void }>}
 */
export class TrimControl extends Emitter {
  #from = handle("from");
  #to = handle("to");
  #fromField = field("from");
  #toField = field("to");
  #track = make("div", { class: "trim-track" });
  #length = make("output", { class: "trim-length", "data-part": "trim-length" });
  #duration_s = 0;
  #max_s = Infinity;
  #start_s = 0;
  #end_s = 0;

  constructor() {
    super();
    this.#track.append(this.#from, this.#to);
    this.element = make("fieldset", { class: "trim", "data-part": "trim" }, [
      make("legend", { "data-i18n": "upload.part" }), this.#track,
      make("div", { class: "trim-fields" }, [
        labelled("upload.from", this.#fromField), labelled("upload.to", this.#toField), this.#length,
      ]),
    ]);
    for (const [input, type] of /** @type {const} */ ([[this.#from, "input"], [this.#fromField, "change"]])) {
      input.addEventListener(type, () => this.#moveStart(input.valueAsNumber));
    }
    for (const [input, type] of /** @type {const} */ ([[this.#to, "input"], [this.#toField, "change"]])) {
      input.addEventListener(type, () => this.#moveEnd(input.valueAsNumber));
    }
  }

  /**
   * Starts with another video.
   * @param {number} duration_s @param {VideoPart} [part] to begin with @param {number} [max_s] of a lesson
   */
  reset(duration_s, part = { from_s: null, to_s: null }, max_s = Infinity) {
    this.#duration_s = Math.max(SHORTEST_PART_S, duration_s);
    this.#max_s = max_s;
    const end = String(rounded(this.#duration_s));
    for (const input of [this.#from, this.#to, this.#fromField, this.#toField]) input.max = end;
    const from_s = part.from_s ?? 0;
    this.#show(from_s, part.to_s ?? Math.min(this.#duration_s, from_s + max_s));
  }

  /** @returns {VideoPart} null for the video's own ends */
  get part() {
    return {
      from_s: this.#start_s > 0 ? this.#start_s : null,
      to_s: this.#end_s < this.#duration_s ? this.#end_s : null,
    };
  }

  /** Start and end in seconds. @returns {[number, number]} */
  get ends() {
    return [this.#start_s, this.#end_s];
  }

  get isWhole() {
    return this.part.from_s === null && this.part.to_s === null;
  }

  /** The part is longer than a lesson may be. */
  get isTooLong() {
    return this.#end_s - this.#start_s > this.#max_s + STEP_S;
  }

  /** Moves the start as far as the end allows. @param {number} to_s */
  #moveStart(to_s) {
    const wanted_s = Number.isFinite(to_s) ? to_s : this.#start_s;
    const last_s = Math.min(this.#end_s, this.#duration_s) - SHORTEST_PART_S;
    this.#show(Math.max(0, Math.min(wanted_s, last_s)), this.#end_s);
    this.emit("position", this.#start_s);
    this.emit("part");
  }

  /** Moves the end as far as the start allows. @param {number} to_s */
  #moveEnd(to_s) {
    const wanted_s = Number.isFinite(to_s) ? to_s : this.#end_s;
    this.#show(this.#start_s, Math.min(this.#duration_s, Math.max(wanted_s, this.#start_s + SHORTEST_PART_S)));
    this.emit("position", this.#end_s);
    this.emit("part");
  }

  /** @param {number} from_s @param {number} to_s */
  #show(from_s, to_s) {
    this.#start_s = rounded(from_s);
    // The last tenth of a second means the video's end, which is rarely at a full tenth.
    this.#end_s = to_s > this.#duration_s - STEP_S ? this.#duration_s : rounded(to_s);
    this.#from.valueAsNumber = this.#fromField.valueAsNumber = this.#start_s;
    this.#to.valueAsNumber = this.#toField.valueAsNumber = rounded(this.#end_s);
    for (const input of [this.#from, this.#to]) {
      input.setAttribute("aria-valuetext", `${input.valueAsNumber.toFixed(1)} ${words.upload.seconds}`);
    }
    this.#track.style.setProperty("--from", String(this.#start_s / this.#duration_s));
    this.#track.style.setProperty("--to", String(this.#end_s / this.#duration_s));
    this.#length.textContent = partLengthText(this.#end_s - this.#start_s, this.#duration_s);
  }
}

/** @param {number} s */
const rounded = (s) => Number((Math.round(s / STEP_S) * STEP_S).toFixed(1));

/** @param {"from" | "to"} name */
const handle = (name) => make("input", {
  type: "range", min: "0", step: String(STEP_S), class: `trim-${name}`, "data-part": `trim-${name}`,
  "data-i18n-aria-label": name === "from" ? "upload.beginning" : "upload.end",
});

/** @param {"from" | "to"} name */
const field = (name) => make("input", {
  type: "number", min: "0", step: String(STEP_S), inputmode: "decimal", "data-part": `trim-${name}-s`,
});

/** @param {string} text path of its text @param {HTMLInputElement} input */
const labelled = (text, input) => make("label", {}, [
  make("span", { "data-i18n": text }), input, make("span", { class: "quiet", "data-i18n": "upload.seconds" }),
]);
