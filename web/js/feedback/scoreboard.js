// @ts-check
// The live verdict: a dial, a word, early or late, good moments in a row, what to do better.

import { part } from "../dom.js";
import { whole } from "../i18n/formats.js";
import { hintWords } from "./sentences.js";
import { Calm, Combo, Held } from "./hysteresis.js";
import { words } from "../i18n/words.js";

/** @import { Label, Score } from "../connection/protocol.js" */

/** @typedef {keyof typeof words.live.inTime} InTime */

const FULL_SCALE_MS = 600;
const IN_VIEW = 0.5;
const HINT_HOLDS_MS = 2500; // long enough to be read from across a room, and done
const LABEL_HOLDS_MS = 900, LABEL_INSISTS_MS = 300; // two scores that agree
const SCORE_SETTLES_MS = 700, LAG_SETTLES_MS = 1000;
const ON_THE_BEAT_MS = 60, LATE_MS = 160, SLACK_MS = 20;
const FOLLOWS = 35; // of Shape: who does not follow is neither early nor late
const GOOD = new Set(["perfect", "great"]);
const SHOWN_FROM = 3; // moments in a row
const MILESTONES = new Set([5, 10, 20, 30, 40, 50, 75, 100]);

/** Event: `combo` (detail moments: a milestone). */
export class Scoreboard extends EventTarget {
  #root;
  #number;
  #ring;
  #label;
  #needle;
  #lag;
  #combo;
  #prompt;
  #hint = new Held("", HINT_HOLDS_MS, LABEL_INSISTS_MS);
  #word = new Held(/** @type {Label | ""} */ (""), LABEL_HOLDS_MS, LABEL_INSISTS_MS);
  #score = new Calm(SCORE_SETTLES_MS, 1);
  #late = new Calm(LAG_SETTLES_MS, 10);
  /** @type {InTime | ""} */
  #inTime = "";
  #row = new Combo();
  #moments = 0;

  /** @param {HTMLElement} root @param {HTMLElement} prompt the line under the pictures */
  constructor(root, prompt) {
    super();
    this.#root = root;
    this.#prompt = prompt;
    this.#number = part(root, "score", HTMLElement);
    this.#ring = part(root, "ring", SVGCircleElement);
    this.#label = part(root, "label", HTMLElement);
    this.#needle = part(root, "needle", HTMLElement);
    this.#lag = part(root, "lag", HTMLElement);
    this.#combo = part(root, "combo", HTMLElement);
  }

  clear() {
    for (const steady of [this.#hint, this.#word, this.#score, this.#late, this.#row]) steady.clear();
    this.#dial(null);
    this.#say("");
    this.#timing(null);
    this.#count(0);
    this.prompt("");
  }

  /** @param {Score} score @param {number} now_ms */
  show(score, now_ms) {
    const inView = score.coverage === null || score.coverage >= IN_VIEW;
    const label = this.#word.take((inView && score.label) || "", now_ms);
    this.#dial(this.#score.take(score.score, now_ms));
    this.#say(label);
    const follows = inView && (score.shape ?? 0) >= FOLLOWS;
    this.#late.take(follows ? score.lag_ms : null, now_ms);
    this.#timing(this.#late.value);
    this.#count(this.#row.take(GOOD.has(label), now_ms));
    if (!inView) this.#hint.clear();
    const hint = inView ? this.#hint.take(hintWords(score), now_ms) : words.stage.stepIntoView;
    this.prompt(hint, inView ? "hint" : "alert");
  }

  /** @param {string} text @param {"hint" | "alert" | "fine"} [tone] */
  prompt(text, tone = "hint") {
    if (this.#prompt.textContent !== text) this.#prompt.textContent = text;
    this.#prompt.dataset.tone = tone;
  }

  /** @param {Label | ""} label */
  #say(label) {
    this.#label.textContent = label && words.stage.labels[label];
    if (label) this.#root.dataset.label = label;
    else delete this.#root.dataset.label;
  }

  /** @param {number} moments good ones in a row */
  #count(moments) {
    if (moments === this.#moments) return;
    this.#moments = moments;
    this.#combo.textContent = moments >= SHOWN_FROM ? words.live.inARow(moments) : "";
    this.#combo.dataset.milestone = String(MILESTONES.has(moments));
    if (MILESTONES.has(moments)) this.dispatchEvent(new CustomEvent("combo", { detail: moments }));
  }

  /** @param {number | null} score */
  #dial(score) {
    this.#number.textContent = score === null ? words.stage.unknown : whole(score);
    this.#ring.style.strokeDashoffset = String(100 - (score ?? 0)); // its path is 100 long
  }

  /** @param {number | null} lag_ms */
  #timing(lag_ms) {
    this.#inTime = lag_ms === null ? "" : inTime(lag_ms, this.#inTime);
    this.#lag.textContent = this.#inTime && words.live.inTime[this.#inTime];
    this.#needle.hidden = lag_ms === null;
    const place = Math.max(-1, Math.min(1, (lag_ms ?? 0) / FULL_SCALE_MS));
    this.#needle.style.left = `${50 + 50 * place}%`;
  }
}

/**
 * A word for how late somebody is; the one before is kept until it is clearly wrong.
 * @param {number} lag_ms @param {InTime | ""} before "" for none @returns {InTime}
 */
export function inTime(lag_ms, before) {
  const names = /** @type {InTime[]} */ (["early", "littleEarly", "on", "littleLate", "late"]);
  const borders = [-LATE_MS, -ON_THE_BEAT_MS, ON_THE_BEAT_MS, LATE_MS];
  const at = borders.filter((border) => lag_ms >= border).length;
  const was = before === "" ? at : names.indexOf(before);
  if (before === "" || was === at) return names[at];
  const left = at > was ? lag_ms >= borders[was] + SLACK_MS : lag_ms < borders[was - 1] - SLACK_MS;
  return left ? names[at] : before;
}
