// @ts-check
// The learner's camera for as long as a round takes, whatever becomes of it on the way.

import { CameraError, closeCamera, openCamera } from "./open_camera.js";

/** @import { CameraProblem } from "./open_camera.js" */

const SETTLES_MS = 1500; // a camera is announced before it can be opened

/**
 * `on`: it films. `back`: it films again, and the learner has not gone on yet.
 * @typedef {"off" | "on" | "back" | "camera-ended" | CameraProblem} CameraState
 */

/** Events: `stream` (detail a MediaStream: opened, or opened again), `change` (of `state`). */
export class Webcam extends EventTarget {
  /** @type {CameraState} */
  state = "off";
  /** @type {MediaStream | null} */
  #stream = null;
  #closed = false;
  #opening = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again;

  /** Names the device, the same one each time; "" without one. */
  get device() {
    const [track] = this.#stream?.getVideoTracks() ?? [];
    return track ? track.label || (track.getSettings().deviceId ?? "") : "";
  }

  /** It ought to film and does not. */
  get gone() {
    return this.state !== "off" && this.state !== "on" && this.state !== "back";
  }

  /**
   * Opens it for the first time.
   * @returns {Promise<MediaStream | null>} null: it was closed meanwhile
   * @throws {CameraError}
   */
  async open() {
    const stream = await this.#take();
    if (stream) this.#become("on");
    return stream;
  }

  /**
   * Opens it again once it is gone. By itself it says only what the learner can change: a camera
   * that is not there yet, or not quite, will announce itself.
   * @param {boolean} asked by the learner, who wants to know why not
   */
  async retake(asked) {
    if (!this.gone || this.#opening) return;
    try {
      if (await this.#take()) this.#become("back");
    } catch (error) {
      if (!(error instanceof CameraError)) throw error;
      if (asked || error.problem === "camera-refused") this.#become(error.problem);
    }
  }

  /** The learner has seen that it is back. */
  settle() {
    if (this.state === "back") this.#become("on");
  }

  /** Off, with its light. */
  close() {
    this.#closed = true;
    this.#stopWatching();
    closeCamera(this.#stream);
    this.#become("off");
  }

  async #take() {
    this.#opening = true;
    try {
      const stream = await openCamera();
      if (this.#closed) {
        closeCamera(stream);
        return null;
      }
      this.#stream = stream;
      this.#stopWatching();
      stream.getVideoTracks()[0].addEventListener("ended", () => this.#lose(stream));
      this.dispatchEvent(new CustomEvent("stream", { detail: stream }));
      return stream;
    } catch (error) {
      if (this.#closed) return null;
      throw error;
    } finally {
      this.#opening = false;
    }
  }

  /** Unplugged, or permission was taken back: asking again at once tells which. @param {MediaStream} stream */
  #lose(stream) {
    if (this.#closed || stream !== this.#stream) return;
    this.#become("camera-ended");
    navigator.mediaDevices.addEventListener("devicechange", this.#look);
    this.#look();
  }

  #look = () => {
    clearTimeout(this.#again);
    this.#again = setTimeout(() => {
      if (this.state === "camera-ended") void this.retake(false);
    }, SETTLES_MS);
    void this.retake(false);
  };

  #stopWatching() {
    clearTimeout(this.#again);
    navigator.mediaDevices?.removeEventListener("devicechange", this.#look);
  }

  /** @param {CameraState} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}
