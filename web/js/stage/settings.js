// @ts-check
// What a learner may set while on the stage; remembered by this browser.

import { make } from "../dom.js";
import { recall, remember } from "../storage.js";
import { whole } from "../i18n/formats.js";
import { words } from "../i18n/words.js";

/** Events: `cues` (detail whether they are wanted), `measure`. */
export class Settings extends EventTarget {
  #details;
  #hands = checkbox("hands");
  #delay = make("span", { class: "quiet", "data-part": "delay" });
  #measure = make("button", { type: "button", class: "small", "data-part": "measure" });

  /** @param {HTMLElement} root @param {boolean} cuesWanted */
  constructor(root, cuesWanted) {
    super();
    const cues = checkbox("cues");
    cues.checked = cuesWanted;
    cues.addEventListener("change", () => this.#say("cues", cues.checked));
    this.#hands.checked = recall("hands") === "yes";
    this.#hands.addEventListener("change", () => remember("hands", this.#hands.checked ? "yes" : "no"));
    this.#measure.addEventListener("click", () => {
      this.#details.open = false;
      this.#say("measure");
    });
    this.#details = make("details", { class: "settings" }, [
      make("summary", { "data-part": "settings-open", "data-say": "live.settings.title" }),
      make("div", { class: "settings-body" }, [
        choice(cues, "cues"),
        choice(this.#hands, "hands"),
        make("div", { class: "setting" }, [
          make("p", {}, [make("span", { "data-say": "live.settings.delay" }), ": ", this.#delay]),
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
  get hands() {
    return this.#hands.checked;
  }

  /** Closes it; whether it was open. */
  close() {
    const was = this.#details.open;
    this.#details.open = false;
    return was;
  }

  /** @param {number | null} delay_ms of the camera in use @param {boolean} mayMeasure now */
  show(delay_ms, mayMeasure) {
    const { milliseconds, notMeasured, measure, measureAgain } = words.live.settings;
    this.#delay.textContent = delay_ms === null ? notMeasured : milliseconds(whole(delay_ms));
    this.#measure.textContent = delay_ms === null ? measure : measureAgain;
    this.#measure.disabled = !mayMeasure;
  }

  /** @param {string} type @param {unknown} [detail] */
  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** @param {string} name */
const checkbox = (name) => make("input", {
  type: "checkbox", "data-part": `setting-${name}`, id: `setting-${name}`,
  "aria-describedby": `about-${name}`,
});

/** @param {HTMLInputElement} box @param {string} name */
const choice = (box, name) =>
  make("div", { class: "setting" }, [
    make("label", { for: box.id }, [box, make("span", { "data-say": `live.settings.${name}` })]),
    make("p", { class: "quiet", id: `about-${name}`, "data-say": `live.settings.${name}Note` }),
  ]);
