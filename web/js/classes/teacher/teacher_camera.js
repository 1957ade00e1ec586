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
  /** It is wanted, and does not open. */
  isMissing = false;

  async open() {
    this.close();
    this.#isWanted = true;
    try {
      const stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
      if (!this.#isWanted) return stopAll(stream);
      this.#stream = stream;
      this.isMissing = false;
      stream.getVideoTracks()[0].addEventListener("ended", () => {
        if (this.#stream === stream) this.#fail();
      });
      this.emit("stream", stream);
    } catch {
      if (this.#isWanted) this.#fail(); // refused, missing or used by another program
    }
  }

  #fail() {
    this.isMissing = true;
    this.emit("problem");
  }

  /** Switches it off, with its light. */
  close() {
    this.#isWanted = false;
    this.isMissing = false;
    stopAll(this.#stream);
    this.#stream = null;
  }
}

/** @param {MediaStream | null} stream */
function stopAll(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
