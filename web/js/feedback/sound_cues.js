// @ts-check
// Short tones for events of a lesson; off until somebody switches them on.

import { readStorage, writeStorage } from "../storage.js";

const GAIN = 0.14; // quiet enough beside the lesson's music
const FADE_S = 0.012; // without it every tone begins and ends with a click

/** @typedef {[frequency_hz: number, start_s: number, duration_s: number]} Tone */
/** @type {Record<"tick" | "go" | "combo" | "passage", Tone[]>} */
const CUES = {
  tick: [[660, 0, 0.09]],
  go: [[990, 0, 0.22]],
  combo: [[784, 0, 0.08], [1047, 0.08, 0.14]],
  passage: [[523, 0, 0.07], [523, 0.12, 0.07]],
};

export class SoundCues {
  /** @type {AudioContext | null} created when it is first needed: browsers require a click before */
  #context = null;

  get enabled() {
    return readStorage("cues") === "yes";
  }

  /** @param {boolean} enabled */
  set enabled(enabled) {
    writeStorage("cues", enabled ? "yes" : "no");
    if (enabled) this.play("tick");
  }

  /** @param {keyof typeof CUES} cue */
  play(cue) {
    if (!this.enabled || !("AudioContext" in window)) return;
    this.#context ??= new AudioContext();
    void this.#context.resume();
    for (const tone of CUES[cue]) playTone(this.#context, tone);
  }
}

/** @param {AudioContext} context @param {Tone} tone */
function playTone(context, [frequency_hz, start_s, duration_s]) {
  const [from_s, to_s] = [context.currentTime + start_s, context.currentTime + start_s + duration_s];
  const oscillator = new OscillatorNode(context, { frequency: frequency_hz });
  const level = new GainNode(context, { gain: 0 });
  level.gain.setValueAtTime(0, from_s);
  level.gain.linearRampToValueAtTime(GAIN, from_s + FADE_S);
  level.gain.setValueAtTime(GAIN, to_s - FADE_S);
  level.gain.linearRampToValueAtTime(0, to_s);
  oscillator.connect(level).connect(context.destination);
  oscillator.start(from_s);
  oscillator.stop(to_s);
}
