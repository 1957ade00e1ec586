// @ts-check
// Which camera a lesson is looked at with: this device's own, or a phone's; and what the stage shows then.

import { isRunning } from "../phases.js";
import { PhonePairing, phoneSentence } from "./phone_pairing.js";

/** @import { Attempt } from "../connection/attempt.js" */
/** @import { CameraStatus } from "../connection/protocol.js" */
/** @import { Toast } from "../feedback/toast.js" */
/** @import { Phase } from "../phases.js" */
/** @import { Standby } from "./standby.js" */
/** @import { VideoPanels } from "./video_panels.js" */

export class CameraSource {
  #panels;
  #standby;
  #toast;
  #pairing;
  /** @type {Attempt | null} */
  #attempt = null;
  /** There is no WebRTC, so no phone. */
  #isImpossible = false;
  /** How the phone is, as the learner was told. */
  #told = "none";

  /** @param {HTMLElement} stage @param {VideoPanels} panels @param {Standby} standby @param {Toast} toast */
  constructor(stage, panels, standby, toast) {
    this.#panels = panels;
    this.#standby = standby;
    this.#toast = toast;
    this.#pairing = new PhonePairing(stage);
    this.#pairing.on("use", (camera) => this.#attempt?.send({ type: "camera", use: camera }));
  }

  /** @param {Attempt} attempt that is opened */
  start(attempt) {
    this.#attempt = attempt;
    this.#isImpossible = false;
    this.#told = "none";
    this.#pairing.reset();
    attempt.events.on("fallback", () => {
      this.#isImpossible = true;
      this.offerPhone("ready");
    });
    this.update();
  }

  /** The camera was opened, or the server says that another one counts. @param {CameraStatus} [status] */
  update(status) {
    const attempt = this.#attempt;
    if (!attempt) return;
    const isPhone = attempt.usesPhone;
    attempt.webcam.setEnabled(!isPhone);
    this.#panels.showPhone(isPhone, attempt.cameras?.aspect ?? null);
    const phone = attempt.cameras?.source === "phone" ? attempt.cameras : null;
    if (phone) this.#standby.setPhone(phone.latency_ms ?? null);
    else this.#standby.setCamera(isPhone ? "" : attempt.webcam.device);
    if (!status) return;
    this.#pairing.onCameras(status);
    const isNews = status.phone !== this.#told && status.phone !== "none" && !attempt.waitsForPhone; // whose panel says it
    if (isNews) this.#toast.show(phoneSentence(status.phone));
    this.#told = status.phone;
  }

  /** The dialog with a code is open, and keys are about that. */
  get isPairing() {
    return this.#pairing.isOpen;
  }

  /** Shows a code. */
  pair() {
    void this.#pairing.open();
  }

  /** Offers a phone where one can come, and asks for one where there is no other camera. @param {Phase} phase */
  offerPhone(phase) {
    const attempt = this.#attempt;
    const isOpen = !this.#isImpossible && (phase === "ready" || isRunning(phase));
    this.#pairing.show(attempt?.session ?? "", isOpen, attempt?.webcam.state === "on");
    const isNeeded = attempt?.screenOnly && (attempt.cameras?.source ?? "none") === "none";
    if (isOpen && phase === "ready" && isNeeded && !this.#pairing.isOpen) this.pair();
  }
}
