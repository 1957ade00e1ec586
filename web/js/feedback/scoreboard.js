// @ts-check
// The live feedback: score, label, early or late, good moments in a row, and what to do better.

import { findPart } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatInteger } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { Combo, HeldValue, SmoothedNumber } from "./hysteresis.js";
import { hintSentence } from "./sentences.js";

/** @import { Label, Score } from "../connection/protocol.js" */

/** @typedef {keyof typeof words.live.inTime} TimingLevel */

const FULL_SCALE_MS = 600;
const MIN_COVERAGE = 0.5;
const HINT_HOLD_MS = 2500; // long enough to read it from across a room, and to do it
const LABEL_HOLD_MS = 900, LABEL_PERSIST_MS = 300; // two scores that agree
const SCORE_SETTLE_MS = 700, LAG_SETTLE_MS = 1000;
const ON_THE_BEAT_MS = 60, LATE_MS = 160, HYSTERESIS_MS = 20;
const MIN_SHAPE = 35; // who does not follow at all is neither early nor late
const GOOD_LABELS = new Set(["perfect", "great"]);
const MIN_COMBO = 3; // moments in a row
const MILESTONES = new Set([5, 10, 20, 30, 40, 50, 75, 100]);

/**
 * Emits `combo` at a milestone, with the number of good moments.
 * @extends {Emitter<{ combo: number }>}
 */
export class Scoreboard extends Emitter {
  #root;
  #number;
  #ring;
  #label;
  #needle;
  #lag;
  #combo;
  #prompt;
  #heldHint = new HeldValue("", HINT_HOLD_MS, LABEL_PERSIST_MS);
  #heldLabel = new HeldValue(/** @type {Label | ""} */ (""), LABEL_HOLD_MS, LABEL_PERSIST_MS);
  #smoothScore = new SmoothedNumber(SCORE_SETTLE_MS, 1);
  #smoothLag = new SmoothedNumber(LAG_SETTLE_MS, 10);
  /** @type {TimingLevel | ""} */
  #timing = "";
  #comboCounter = new Combo();
  #moments = 0;

  /** @param {HTMLElement} root @param {HTMLElement} prompt the line under the videos */
  constructor(root, prompt) {
    super();
    this.#root = root;
    this.#prompt = prompt;
    this.#number = findPart(root, "score", HTMLElement);
    this.#ring = findPart(root, "ring", SVGCircleElement);
    this.#label = findPart(root, "label", HTMLElement);
    this.#needle = findPart(root, "needle", HTMLElement);
    this.#lag = findPart(root, "lag", HTMLElement);
    this.#combo = findPart(root, "combo", HTMLElement);
  }

  reset() {
    const values = [
      this.#heldHint, this.#heldLabel, this.#smoothScore, this.#smoothLag, this.#comboCounter,
    ];
    for (const value of values) value.reset();
    this.#showScore(null);
    this.#showLabel("");
    this.#showTiming(null);
    this.#showCombo(0);
    this.showPrompt("");
  }

  /** @param {Score} score @param {number} now_ms */
  show(score, now_ms) {
    const inView = score.coverage === null || score.coverage >= MIN_COVERAGE;
    const label = this.#heldLabel.update((inView && score.label) || "", now_ms);
    this.#showScore(this.#smoothScore.update(score.score, now_ms));
    this.#showLabel(label);
    const follows = inView && (score.shape ?? 0) >= MIN_SHAPE;
    this.#smoothLag.update(follows ? score.lag_ms : null, now_ms);
    this.#showTiming(this.#smoothLag.value);
    this.#showCombo(this.#comboCounter.update(GOOD_LABELS.has(label), now_ms));
    if (!inView) this.#heldHint.reset();
    const hint = inView ? this.#heldHint.update(hintSentence(score), now_ms) : words.stage.stepIntoView;
    this.showPrompt(hint, inView ? "hint" : "alert");
  }

  /** @param {string} text @param {"hint" | "alert" | "fine"} [tone] */
  showPrompt(text, tone = "hint") {
    if (this.#prompt.textContent !== text) this.#prompt.textContent = text;
    this.#prompt.dataset.tone = tone;
  }

  /** @param {Label | ""} label */
  #showLabel(label) {
    this.#label.textContent = label && words.stage.labels[label];
    if (label) this.#root.dataset.label = label;
    else delete this.#root.dataset.label;
  }

  /** @param {number} moments good ones in a row */
  #showCombo(moments) {
    if (moments === this.#moments) return;
    this.#moments = moments;
    this.#combo.textContent = moments >= MIN_COMBO ? words.live.inARow(moments) : "";
    this.#combo.dataset.milestone = String(MILESTONES.has(moments));
    if (MILESTONES.has(moments)) this.emit("combo", moments);
  }

  /** @param {number | null} score */
  #showScore(score) {
    this.#number.textContent = score === null ? words.stage.unknown : formatInteger(score);
    this.#ring.style.strokeDashoffset = String(100 - (score ?? 0)); // its path is 100 long
  }

  /** @param {number | null} lag_ms */
  #showTiming(lag_ms) {
    this.#timing = lag_ms === null ? "" : timingLevel(lag_ms, this.#timing);
    this.#lag.textContent = this.#timing && words.live.inTime[this.#timing];
    this.#needle.hidden = lag_ms === null;
    const offset = Math.max(-1, Math.min(1, (lag_ms ?? 0) / FULL_SCALE_MS));
    this.#needle.style.left = `${50 + 50 * offset}%`;
  }
}

/**
 * How late somebody is, in five levels; it keeps the level before until that is clearly wrong.
 * @param {number} lag_ms @param {TimingLevel | ""} before "" for none @returns {TimingLevel}
 */
export function timingLevel(lag_ms, before) {
  const levels = /** @type {TimingLevel[]} */ (["early", "littleEarly", "on", "littleLate", "late"]);
  const limits = [-LATE_MS, -ON_THE_BEAT_MS, ON_THE_BEAT_MS, LATE_MS];
  const now = limits.filter((limit) => lag_ms >= limit).length;
  const was = before === "" ? now : levels.indexOf(before);
  if (before === "" || was === now) return levels[now];
  const isClear = now > was
    ? lag_ms >= limits[was] + HYSTERESIS_MS
    : lag_ms < limits[was - 1] - HYSTERESIS_MS;
  return isClear ? levels[now] : before;
}
