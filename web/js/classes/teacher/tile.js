// @ts-check
// One learner, as the teacher sees them: name, figure beside the reference, score, timing, weakest limb, connection.

import { make } from "../../dom.js";
import { labelOf } from "../../feedback/score_colours.js";
import { words } from "../../i18n/words.js";
import { limbText, scoreText, timingText } from "../class_texts.js";
import { TileFigure } from "./tile_figure.js";

/** @import { RosterLearner, TileJoint } from "../class_messages.js" */

export class Tile {
  element;
  /** What chooses the learner; the grid moves the focus among these. */
  button;
  /** What says that a raised hand was seen. */
  seen;
  #name = make("bdi", { class: "tile-name" });
  #canvas = make("canvas", { class: "tile-figure", "aria-hidden": "true" });
  #score = make("strong", { class: "tile-score" });
  #timing = make("span", { class: "tile-timing" });
  #weakest = make("span", { class: "tile-weakest" });
  #dot = make("span", { class: "tile-connection", "aria-hidden": "true" });
  #connection = make("span", { class: "hidden" });
  #hand = make("span", { class: "tile-hand", hidden: "" });
  #figure = new TileFigure(this.#canvas);

  /** @param {number} learner their number in the class */
  constructor(learner) {
    this.button = make("button", { type: "button", class: "tile-choose", "aria-pressed": "false", tabindex: "-1" }, [
      make("span", { class: "tile-head" }, [this.#dot, this.#name, " ", this.#connection, " "]),
      make("span", { class: "tile-body" }, [this.#canvas]),
      make("span", { class: "tile-words" }, [
        this.#score, " ", make("span", { class: "tile-facts" }, [this.#hand, " ", this.#timing, " ", this.#weakest]),
      ]),
    ]);
    this.seen = make("button", { type: "button", class: "small main tile-seen", hidden: "", tabindex: "-1" });
    this.element = make("li", { class: "tile", "data-learner": String(learner) }, [this.button, this.seen]);
  }

  /** @param {RosterLearner} learner @param {TileJoint[] | null} target where the reference is now */
  show(learner, target) {
    const { name, score, lag_ms, weakest, connection, hand, session, pose } = learner;
    const t = words.classes;
    const isAway = session === "away";
    this.element.dataset.connection = isAway ? "silent" : connection;
    this.element.dataset.label = score === null ? "none" : labelOf(score);
    this.element.dataset.away = String(isAway);
    set(this.#name, name);
    set(this.#score, scoreText(score));
    const timing = isAway ? t.away : pose ? timingText(lag_ms) : t.unseen;
    set(this.#timing, timing);
    set(this.#weakest, weakest && !isAway ? limbText(weakest) : "");
    this.#dot.title = t.connection[connection];
    set(this.#connection, t.connection[connection]);
    this.#showHand(hand, name);
    this.#figure.draw(learner, target);
  }

  /** @param {boolean} isUp @param {string} name */
  #showHand(isUp, name) {
    set(this.#hand, isUp ? words.classes.hand : "");
    this.#hand.hidden = !isUp;
    set(this.seen, words.classes.lower);
    this.seen.setAttribute("aria-label", `${words.classes.lower}: ${name}`);
    this.seen.hidden = !isUp;
  }

  /** @param {boolean} isChosen */
  choose(isChosen) {
    this.button.setAttribute("aria-pressed", String(isChosen));
  }
}

/** Writes only what changed: a screen reader is not disturbed. @param {HTMLElement} element @param {string} text */
function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
