// @ts-check
// Short tones for what is worth hearing; off until somebody wants them.

import { recall, remember } from "../storage.js";

const LOUD = 0.14; // beside the lesson's music
const FADE_S = 0.012; // without it every tone begins and ends with a click

/** @typedef {[hertz: number, at_s: number, lasts_s: number]} Tone */
/** @type {Record<"tick" | "go" | "combo" | "passage", Tone[]>} */
const CUES = {
  tick: [[660, 0, 0.09]],
  go: [[990, 0, 0.22]],
  combo: [[784, 0, 0.08], [1047, 0.08, 0.14]],
  passage: [[523, 0, 0.07], [523, 0.12, 0.07]],
};

export class Cues {
  /** @type {AudioContext | null} made when it is first needed: browsers want a click before */
  #context = null;

  get wanted() {
    return recall("cues") === "yes";
  }

  /** @param {boolean} wanted */
  set wanted(wanted) {
    remember("cues", wanted ? "yes" : "no");
    if (wanted) this.play("tick");
  }

  /** @param {keyof typeof CUES} cue */
  play(cue) {
    if (!this.wanted || !("AudioContext" in window)) return;
    this.#context ??= new AudioContext();
    void this.#context.resume();
    for (const tone of CUES[cue]) sound(this.#context, tone);
  }
}

/** @param {AudioContext} context @param {Tone} tone */
function sound(context, [hertz, at_s, lasts_s]) {
  const [from_s, to_s] = [context.currentTime + at_s, context.currentTime + at_s + lasts_s];
  const oscillator = new OscillatorNode(context, { frequency: hertz });
  const level = new GainNode(context, { gain: 0 });
  level.gain.setValueAtTime(0, from_s);
  level.gain.linearRampToValueAtTime(LOUD, from_s + FADE_S);
  level.gain.setValueAtTime(LOUD, to_s - FADE_S);
  level.gain.linearRampToValueAtTime(0, to_s);
  oscillator.connect(level).connect(context.destination);
  oscillator.start(from_s);
  oscillator.stop(to_s);
}
