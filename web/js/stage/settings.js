// @ts-check
// The settings of the stage; the browser stores them.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatInteger } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { readStorage, writeStorage } from "../storage.js";

/**
 * Emits `cues` with whether sounds are wanted, and `measure` to start the camera check.
 * @extends {Emitter<{ cues: boolean, measure: void }>}
 */
export class Settings extends Emitter {
  #details;
  #hands = checkbox("hands");
  #delay = make("span", { class: "quiet", "data-part": "delay" });
  #measure = make("button", { type: "button", class: "small", "data-part": "measure" });

  /** @param {HTMLElement} root @param {boolean} cuesEnabled */
  constructor(root, cuesEnabled) {
    super();
    const cues = checkbox("cues");
    cues.checked = cuesEnabled;
    cues.addEventListener("change", () => this.emit("cues", cues.checked));
    this.#hands.checked = readStorage("hands") === "yes";
    this.#hands.addEventListener("change", () => writeStorage("hands", this.#hands.checked ? "yes" : "no"));
    this.#measure.addEventListener("click", () => {
      this.#details.open = false;
      this.emit("measure");
    });
    this.#details = make("details", { class: "settings" }, [
      make("summary", { "data-part": "settings-open", "data-i18n": "live.settings.title" }),
      make("div", { class: "settings-body" }, [
        setting(cues, "cues"),
        setting(this.#hands, "hands"),
        make("div", { class: "setting" }, [
          make("p", {}, [make("span", { "data-i18n": "live.settings.delay" }), ": ", this.#delay]),
          this.#measure,
        ]),
      ]),
    ]);
    root.replaceChildren(this.#details);
    document.addEventListener("click", ({ target }) => {
      if (target instanceof Node && !root.contains(target)) this.#details.open = false;
    });
  }

  /** Raised hands start the lesson. */
  get raisedHands() {
    return this.#hands.checked;
  }

  /** Closes the settings; returns whether they were open. */
  close() {
    const wasOpen = this.#details.open;
    this.#details.open = false;
    return wasOpen;
  }

  /** @param {number | null} latency_ms of the camera in use @param {boolean} canMeasure now */
  show(latency_ms, canMeasure) {
    const { milliseconds, notMeasured, measure, measureAgain } = words.live.settings;
    this.#delay.textContent = latency_ms === null ? notMeasured : milliseconds(formatInteger(latency_ms));
    this.#measure.textContent = latency_ms === null ? measure : measureAgain;
    this.#measure.disabled = !canMeasure;
  }
}

/** @param {string} name */
const checkbox = (name) => make("input", {
  type: "checkbox", "data-part": `setting-${name}`, id: `setting-${name}`,
  "aria-describedby": `about-${name}`,
});

/** @param {HTMLInputElement} box @param {string} name */
const setting = (box, name) =>
  make("div", { class: "setting" }, [
    make("label", { for: box.id }, [box, make("span", { "data-i18n": `live.settings.${name}` })]),
    make("p", { class: "quiet", id: `about-${name}`, "data-i18n": `live.settings.${name}Note` }),
  ]);
