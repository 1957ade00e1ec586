// @ts-check
// The live feedback of several dancers: a ring with score and label for each, and one hint at a time.

import { make, makeSvg } from "../../dom.js";
import { HeldValue, SmoothedNumber } from "../../feedback/hysteresis.js";
import { hintSentence } from "../../feedback/sentences.js";
import { formatInteger } from "../../i18n/formats.js";
import { words } from "../../i18n/words.js";
import { dancerName } from "../../lessons/dancers_choice.js";

/** @import { Label, Score } from "../../connection/protocol.js" */
/** @import { Group } from "../../lessons/dancers_choice.js" */

const MIN_COVERAGE = 0.5;
const HINT_HOLD_MS = 3000; // long enough to see whom it is for, to read it and to do it
const LABEL_HOLD_MS = 900, LABEL_PERSIST_MS = 300;
const SCORE_SETTLE_MS = 700;

/** One dancer's ring. */
class DancerDial {
  #number = make("p", { class: "number" }, [words.stage.unknown]);
  #ring = makeSvg("circle", { class: "ring", cx: 60, cy: 60, r: 52, pathLength: 100 });
  #label = make("p", { class: "label" });
  #smoothScore = new SmoothedNumber(SCORE_SETTLE_MS, 1);
  #heldLabel = new HeldValue(/** @type {Label | ""} */ (""), LABEL_HOLD_MS, LABEL_PERSIST_MS);
  /** What would help, and how much it is needed. */
  hint = "";
  score = 100;

  /** @param {string} name @param {number} place from 0 on */
  constructor(name, place) {
    this.name = name;
    const svg = makeSvg("svg", { viewBox: "0 0 120 120", "aria-hidden": "true" }, [
      makeSvg("circle", { class: "track", cx: 60, cy: 60, r: 52 }), this.#ring,
    ]);
    this.element = make("li", { "data-place": String(place + 1) }, [
      make("div", { class: "dial" }, [svg, this.#number]),
      make("div", {}, [make("p", { class: "dancer-name" }, [make("bdi", {}, [name])]), this.#label]),
    ]);
  }

  /** @param {Score} score @param {number} now_ms */
  show(score, now_ms) {
    const inView = score.coverage === null || score.coverage >= MIN_COVERAGE;
    const label = this.#heldLabel.update((inView && score.label) || "", now_ms);
    const shown = this.#smoothScore.update(score.score, now_ms);
    this.#number.textContent = shown === null ? words.stage.unknown : formatInteger(shown);
    this.#ring.style.strokeDashoffset = String(100 - (shown ?? 0));
    this.#label.textContent = label && words.stage.labels[label];
    if (label) this.element.dataset.label = label;
    else delete this.element.dataset.label;
    this.hint = inView ? hintSentence(score) : words.stage.stepIntoView;
    this.score = inView ? score.score ?? 100 : -1;
  }
}

export class GroupBoard {
  #list;
  /** @type {DancerDial[]} */
  #dials = [];
  #heldHint = new HeldValue("", HINT_HOLD_MS);

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** @param {Group} group nobody else is shown; of one dancer, nothing is */
  reset(group) {
    const { dancers } = group;
    this.#dials = dancers > 1
      ? Array.from({ length: dancers }, (_, place) => new DancerDial(dancerName(group, place), place)) : [];
    this.#heldHint.reset();
    this.#list.replaceChildren(...this.#dials.map(({ element }) => element));
    this.#list.hidden = dancers === 1;
  }

  /**
   * Shows one dancer's score; returns the hint for who needs one most, with their name.
   * @param {number} place @param {Score} score @param {number} now_ms
   */
  show(place, score, now_ms) {
    this.#dials[place]?.show(score, now_ms);
    const [neediest] = this.#dials.filter(({ hint }) => hint).sort((a, b) => a.score - b.score);
    const hint = neediest ? words.group.hintFor(neediest.name, neediest.hint) : "";
    return this.#heldHint.update(hint, now_ms);
  }
}
