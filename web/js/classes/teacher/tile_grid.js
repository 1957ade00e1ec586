// @ts-check
// The learners as tiles, first those who need help. One tile has the focus, arrows move it, Space chooses.

import { make } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { Tile } from "./tile.js";

/** @import { RosterLearner, TileJoint } from "../class_messages.js" */

/**
 * Emits `choice` with who is chosen (null: all), and `seen` with whose raised hand was seen.
 * @extends {Emitter<{ choice: number | null, seen: number }>}
 */
export class TileGrid extends Emitter {
  element = make("ul", { class: "tiles", "data-part": "tiles", "data-i18n-aria-label": "classes.tiles" });
  /** @type {Map<number, Tile>} by the learners' numbers */
  #tiles = new Map();
  /** Who is chosen; null: what is said goes to all. @type {number | null} */
  chosen = null;
  /** Who has the one place in the order of the Tab key. @type {number | null} */
  #current = null;
  #isHovered = false;

  constructor() {
    super();
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    this.element.addEventListener("focusin", ({ target }) => this.#onFocus(target));
    this.element.addEventListener("pointerenter", () => { this.#isHovered = true; });
    this.element.addEventListener("pointerleave", () => { this.#isHovered = false; });
  }

  /** Whether somebody is about to press a tile, so that none may move. */
  get isInUse() {
    return this.#isHovered || this.element.contains(document.activeElement);
  }

  /** @param {RosterLearner[]} learners in order @param {TileJoint[] | null} target where the reference is now */
  show(learners, target) {
    const numbers = new Set(learners.map(({ learner }) => learner));
    for (const [number, tile] of this.#tiles) {
      if (numbers.has(number)) continue;
      tile.element.remove();
      this.#tiles.delete(number);
      if (this.chosen === number) this.#choose(null);
    }
    for (const learner of learners) this.#tile(learner.learner).show(learner, target);
    if (!this.#isSorted(learners) && !this.isInUse) {
      this.element.replaceChildren(...learners.map(({ learner }) => this.#tile(learner).element));
    }
    if (this.#current === null || !numbers.has(this.#current)) this.#moveTo(learners[0]?.learner ?? null, false);
  }

  /** @param {RosterLearner[]} learners */
  #isSorted(learners) {
    return learners.every(({ learner }, k) => this.element.children[k] === this.#tiles.get(learner)?.element);
  }

  /** @param {number} number of a learner */
  #tile(number) {
    const known = this.#tiles.get(number);
    if (known) return known;
    const tile = new Tile(number);
    this.#tiles.set(number, tile);
    tile.button.addEventListener("click", () => this.#choose(this.chosen === number ? null : number));
    tile.seen.addEventListener("click", () => {
      this.emit("seen", number);
      tile.button.focus();
    });
    this.element.append(tile.element);
    return tile;
  }

  /** What is said goes to all. */
  chooseAll() {
    this.#choose(null);
  }

  clear() {
    this.#choose(null);
    this.#tiles.clear();
    this.#current = null;
    this.element.replaceChildren();
  }

  /** @param {number | null} number of a learner; null: all */
  #choose(number) {
    if (number === this.chosen) return;
    this.chosen = number;
    for (const [each, tile] of this.#tiles) tile.choose(each === number);
    this.emit("choice", number);
  }

  /** @param {EventTarget | null} target */
  #onFocus(target) {
    for (const [number, tile] of this.#tiles) {
      if (target instanceof Node && tile.element.contains(target)) this.#moveTo(number, false);
    }
  }

  /** @param {number | null} number of a learner @param {boolean} withFocus */
  #moveTo(number, withFocus) {
    this.#current = number;
    for (const [each, { button, seen }] of this.#tiles) {
      button.tabIndex = each === number ? 0 : -1;
      seen.tabIndex = button.tabIndex;
    }
    if (withFocus && number !== null) this.#tiles.get(number)?.button.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && this.chosen !== null) {
      event.stopPropagation();
      return this.chooseAll();
    }
    const numbers = /** @type {HTMLElement[]} */ ([...this.element.children]).map(({ dataset }) => Number(dataset.learner));
    const place = numbers.findIndex((number) => number === this.#current);
    const row = this.#columns();
    /** @type {Record<string, number>} */
    const steps = {
      ArrowLeft: place - 1, ArrowRight: place + 1, ArrowUp: place - row, ArrowDown: place + row, Home: 0, End: numbers.length - 1,
    };
    if (!Object.hasOwn(steps, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const next = numbers[steps[event.key]];
    if (next !== undefined) this.#moveTo(next, true);
  }

  /** How many tiles stand in a row. */
  #columns() {
    const [first, ...rest] = /** @type {HTMLElement[]} */ ([...this.element.children]);
    return 1 + rest.filter(({ offsetTop }) => offsetTop === first.offsetTop).length;
  }
}
