// @ts-check
// The teacher's camera in a live class: what everybody sees, so it is larger than what scoring needs.

import { Emitter } from "../../emitter.js";

const CONSTRAINTS = {
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 }, facingMode: "user" }, audio: false,
};

/**
 * Emits `stream` when it was opened, `problem` if it does not open or stops.
 * @extends {Emitter<{ stream: MediaStream, problem: void }>}
 */
export class TeacherCamera extends Emitter {
  /** @type {MediaStream | null} */
  #stream = null;
  #isWanted = false;

  async open() {
    this.close();
    this.#isWanted = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
      if (!this.#isWanted) return stopAll(stream);
      this.#stream = stream;
      stream.getVideoTracks()[0].addEventListener("ended", () => {
        if (this.#stream === stream) this.emit("problem");
      });
      this.emit("stream", stream);
    } catch {
      this.emit("problem"); // refused, missing or used by another program
    }
  }

  /** Switches it off, with its light. */
  close() {
    this.#isWanted = false;
    stopAll(this.#stream);
    this.#stream = null;
  }
}

/** @param {MediaStream | null} stream */
function stopAll(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
