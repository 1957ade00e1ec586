// @ts-check
// Shows why an attempt does not go on, and does what its button promises.

import { Emitter } from "../emitter.js";
import { InterruptionPanel } from "./interruption_panel.js";
import { findInterruption } from "./interruption_rules.js";
import { phoneSentence } from "./phone_pairing.js";

/** @import { Attempt } from "../connection/attempt.js" */
/** @import { RetryCountdown } from "../connection/attempt_events.js" */
/** @import { Phase } from "../phases.js" */
/** @import { AbsenceDetector } from "./absence_detector.js" */

/**
 * Emits `toggle` to go on, `pair` to show a code for a phone, `leave` if the learner leaves.
 * @extends {Emitter<{ toggle: void, pair: void, leave: void }>}
 */
export class Interruptions extends Emitter {
  #panel;
  #absence;
  /** @type {Attempt | null} */
  #attempt = null;

  /** @param {HTMLElement} root @param {AbsenceDetector} absence */
  constructor(root, absence) {
    super();
    this.#absence = absence;
    this.#panel = new InterruptionPanel(root);
    this.#panel.on("action", () => this.#resolve());
    this.#panel.on("leave", () => this.emit("leave"));
  }

  /** Shows what keeps the attempt from going on, or hides the panel. @param {Attempt | null} attempt @param {Phase} phase */
  show(attempt, phase) {
    this.#attempt = attempt;
    const camera = attempt?.usesPhone ? "off" : attempt?.webcam.state ?? "off";
    this.#panel.show(attempt && findInterruption(
      phase, camera, attempt.waitsForPhone, attempt.wasHidden, this.#absence.isWaiting));
    if (this.#panel.name === "phone-missing") this.showProgress(phoneSentence(attempt?.cameras?.phone ?? "none"));
  }

  /** @param {RetryCountdown} countdown */
  showRetry(countdown) {
    this.#panel.showRetry(countdown);
  }

  /** @param {string} text */
  showProgress(text) {
    this.#panel.showProgress(text);
  }

  #resolve() {
    const { name } = this.#panel;
    if (name === "reconnecting") this.#attempt?.tryNow();
    else if (name === "phone-missing") this.emit("pair");
    else if (this.#attempt?.webcam.isMissing && !this.#attempt.usesPhone) void this.#attempt.webcam.reopen(true);
    else {
      if (name === "nobody") this.#absence.ignoreAbsence();
      this.emit("toggle");
    }
  }
}
