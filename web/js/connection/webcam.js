// @ts-check
// The learner's camera during an attempt: it is opened, may disappear, and is found again.

import { Emitter } from "../emitter.js";
import { CameraError, closeCamera, openCamera } from "./open_camera.js";

/** @import { CameraProblem } from "./open_camera.js" */

const SETTLE_MS = 1500; // a camera is announced before it can be opened

/**
 * `on`: it films. `back`: it films again, and the learner has not gone on yet.
 * @typedef {"off" | "on" | "back" | "camera-ended" | CameraProblem} CameraState
 */

/**
 * Emits `stream` when it was opened, for the first time or again, and `change` of `state`.
 * @extends {Emitter<{ stream: MediaStream, change: void }>}
 */
export class Webcam extends Emitter {
  /** @type {CameraState} */
  state = "off";
  /** @type {MediaStream | null} */
  #stream = null;
  #closed = false;
  #opening = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;

  /** A name of the device that is the same each time; "" without a camera. */
  get device() {
    const [track] = this.#stream?.getVideoTracks() ?? [];
    return track ? track.label || (track.getSettings().deviceId ?? "") : "";
  }

  /** It should film and does not. */
  get isMissing() {
    return this.state !== "off" && this.state !== "on" && this.state !== "back";
  }

  /**
   * Opens it for the first time.
   * @returns {Promise<MediaStream | null>} null: it was closed meanwhile
   * @throws {CameraError}
   */
  async open() {
    const stream = await this.#open();
    if (stream) this.#setState("on");
    return stream;
  }

  /**
   * Opens it again after it disappeared. Without the learner's request it reports only problems that
   * the learner can fix: a camera that is not there yet will announce itself.
   * @param {boolean} requested by the learner, who wants to know why it fails
   */
  async reopen(requested) {
    if (!this.isMissing || this.#opening) return;
    try {
      if (await this.#open()) this.#setState("back");
    } catch (error) {
      if (!(error instanceof CameraError)) throw error;
      if (requested || error.problem === "camera-refused") this.#setState(error.problem);
    }
  }

  /** The learner goes on, so they have seen that it is back. */
  acknowledge() {
    if (this.state === "back") this.#setState("on");
  }

  /** Sends black pictures while another camera is looked at. @param {boolean} isEnabled */
  setEnabled(isEnabled) {
    for (const track of this.#stream?.getVideoTracks() ?? []) track.enabled = isEnabled;
  }

  /** Switches it off, with its light. */
  close() {
    this.#closed = true;
    this.#stopWatching();
    closeCamera(this.#stream);
    this.#setState("off");
  }

  async #open() {
    this.#opening = true;
    try {
      const stream = await openCamera();
      if (this.#closed) {
        closeCamera(stream);
        return null;
      }
      this.#stream = stream;
      this.#stopWatching();
      stream.getVideoTracks()[0].addEventListener("ended", () => this.#onEnded(stream));
      this.emit("stream", stream);
      return stream;
    } catch (error) {
      if (this.#closed) return null;
      throw error;
    } finally {
      this.#opening = false;
    }
  }

  /** It was unplugged or its permission was revoked; opening it again tells which. @param {MediaStream} stream */
  #onEnded(stream) {
    if (this.#closed || stream !== this.#stream) return;
    this.#setState("camera-ended");
    navigator.mediaDevices.addEventListener("devicechange", this.#onDeviceChange);
    this.#onDeviceChange();
  }

  #onDeviceChange = () => {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => {
      if (this.state === "camera-ended") void this.reopen(false);
    }, SETTLE_MS);
    void this.reopen(false);
  };

  #stopWatching() {
    clearTimeout(this.#retryTimer);
    navigator.mediaDevices?.removeEventListener("devicechange", this.#onDeviceChange);
  }

  /** @param {CameraState} state */
  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.emit("change");
  }
}
