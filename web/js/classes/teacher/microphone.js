// @ts-check
// The teacher's microphone: off until a button is pressed; a track that is handed to the connection.

import { make } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { words } from "../../i18n/words.js";

/**
 * Emits `track` with what to send: the microphone's, or null for silence. `problem` if it does not open.
 * @extends {Emitter<{ track: MediaStreamTrack | null, problem: string }>}
 */
export class Microphone extends Emitter {
  button = make("button", { type: "button", class: "class-speak", "data-part": "class-speak", "aria-pressed": "false" });
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #isOpening = false;

  constructor() {
    super();
    this.button.addEventListener("click", () => void this.#toggle());
  }

  /** Shows it in the current language. */
  update() {
    const isOn = this.#track !== null;
    this.button.textContent = isOn ? words.classes.speaking : words.classes.speak;
    this.button.setAttribute("aria-pressed", String(isOn));
  }

  async #toggle() {
    if (this.#track) this.close();
    else await this.open();
  }

  async open() {
    if (this.#track || this.#isOpening) return;
    this.#isOpening = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: { echoCancellation: true, noiseSuppression: true }, video: false,
      });
      this.#track = stream.getAudioTracks()[0];
      this.#track.addEventListener("ended", () => this.close());
      this.emit("track", this.#track);
    } catch {
      this.emit("problem", words.classes.noMicrophone);
    } finally {
      this.#isOpening = false;
      this.update();
    }
  }

  close() {
    if (!this.#track) return;
    this.#track.stop();
    this.#track = null;
    this.emit("track", null);
    this.update();
  }
}
