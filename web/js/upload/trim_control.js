// @ts-check
// Choosing a part of a video: two handles on a track, and two fields for those who know the figures.

import { partWords } from "./upload_sentences.js";
import { make } from "../dom.js";
import { words } from "../i18n/words.js";

/** @import { Stretch } from "./upload_api.js" */

const STEP_S = 0.1;
/** Shorter than this nobody can dance. */
export const SHORTEST_S = 1;

/** Events: `place` (detail seconds: a handle is there), `part` (the part is another one). */
export class Trim extends EventTarget {
  #from = handle("from");
  #to = handle("to");
  #fromField = field("from");
  #toField = field("to");
  #track = make("div", { class: "trim-track" });
  #length = make("output", { class: "trim-length", "data-part": "trim-length" });
  #duration_s = 0;
  #most_s = Infinity;

  constructor() {
    super();
    this.#track.append(this.#from, this.#to);
    this.element = make("fieldset", { class: "trim", "data-part": "trim" }, [
      make("legend", { "data-say": "adding.part" }), this.#track,
      make("div", { class: "trim-fields" }, [
        labelled("adding.from", this.#fromField), labelled("adding.to", this.#toField), this.#length,
      ]),
    ]);
    this.#from.addEventListener("input", () => this.#set(this.#from.valueAsNumber, this.#end_s, "from"));
    this.#to.addEventListener("input", () => this.#set(this.#begin_s, this.#to.valueAsNumber, "to"));
    this.#fromField.addEventListener("change", () => this.#set(this.#fromField.valueAsNumber, this.#end_s, "from"));
    this.#toField.addEventListener("change", () => this.#set(this.#begin_s, this.#toField.valueAsNumber, "to"));
  }

  /** A video, and the part of it to begin with. @param {number} duration_s @param {Stretch} [part] @param {number} [most_s] a lesson may have */
  begin(duration_s, part = { from_s: null, to_s: null }, most_s = Infinity) {
    this.#duration_s = Math.max(SHORTEST_S, duration_s);
    this.#most_s = most_s;
    const end = String(rounded(this.#duration_s));
    for (const input of [this.#from, this.#to, this.#fromField, this.#toField]) input.max = end;
    const from_s = part.from_s ?? 0;
    this.#show(from_s, part.to_s ?? Math.min(this.#duration_s, from_s + most_s));
  }

  #begin_s = 0;
  #end_s = 0;

  /** @returns {Stretch} nulls for the video's own ends */
  get part() {
    return {
      from_s: this.#begin_s > 0 ? this.#begin_s : null,
      to_s: this.#end_s < this.#duration_s ? this.#end_s : null,
    };
  }

  /** From where to where, in seconds. @returns {[number, number]} */
  get ends() {
    return [this.#begin_s, this.#end_s];
  }

  get isWhole() {
    return this.part.from_s === null && this.part.to_s === null;
  }

  /** It is longer than a lesson may be. */
  get tooLong() {
    return this.#end_s - this.#begin_s > this.#most_s + STEP_S;
  }

  /** What was moved goes as far as it can; the other one stays. @param {number} from_s @param {number} to_s @param {"from" | "to"} moved */
  #set(from_s, to_s, moved) {
    const last_s = this.#duration_s - SHORTEST_S;
    if (moved === "from") {
      const wanted_s = Number.isFinite(from_s) ? from_s : this.#begin_s;
      this.#show(Math.max(0, Math.min(wanted_s, this.#end_s - SHORTEST_S, last_s)), this.#end_s);
    } else {
      const wanted_s = Number.isFinite(to_s) ? to_s : this.#end_s;
      this.#show(this.#begin_s, Math.min(this.#duration_s, Math.max(wanted_s, this.#begin_s + SHORTEST_S)));
    }
    this.dispatchEvent(new CustomEvent("place", { detail: moved === "from" ? this.#begin_s : this.#end_s }));
    this.dispatchEvent(new Event("part"));
  }

  /** @param {number} from_s @param {number} to_s */
  #show(from_s, to_s) {
    this.#begin_s = rounded(from_s);
    // The last tenth of a second is the video's end, which rarely lies on a tenth.
    this.#end_s = to_s > this.#duration_s - STEP_S ? this.#duration_s : rounded(to_s);
    this.#from.valueAsNumber = this.#fromField.valueAsNumber = this.#begin_s;
    this.#to.valueAsNumber = this.#toField.valueAsNumber = rounded(this.#end_s);
    for (const input of [this.#from, this.#to]) {
      input.setAttribute("aria-valuetext", `${input.valueAsNumber.toFixed(1)} ${words.adding.seconds}`);
    }
    this.#track.style.setProperty("--from", String(this.#begin_s / this.#duration_s));
    this.#track.style.setProperty("--to", String(this.#end_s / this.#duration_s));
    this.#length.textContent = partWords(this.#end_s - this.#begin_s, this.#duration_s);
  }
}

/** @param {number} s */
const rounded = (s) => Number((Math.round(s / STEP_S) * STEP_S).toFixed(1));


/** @param {"from" | "to"} name */
const handle = (name) => make("input", {
  type: "range", min: "0", step: String(STEP_S), class: `trim-${name}`, "data-part": `trim-${name}`,
  "data-say-aria-label": name === "from" ? "adding.beginning" : "adding.end",
});

/** @param {"from" | "to"} name */
const field = (name) => make("input", {
  type: "number", min: "0", step: String(STEP_S), inputmode: "decimal", "data-part": `trim-${name}-s`,
});

/** @param {string} path of its words @param {HTMLInputElement} input */
const labelled = (path, input) => make("label", {}, [
  make("span", { "data-say": path }), input, make("span", { class: "quiet", "data-say": "adding.seconds" }),
]);
