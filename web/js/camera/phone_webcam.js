// @ts-check
// The phone's camera: the back one or the front one, opened again when it was taken away.

import { closeCamera, openCamera } from "../connection/open_camera.js";
import { Emitter } from "../emitter.js";
import { readStorage, writeStorage } from "../storage.js";

/** @typedef {"environment" | "user"} Facing */
const KEY = "phone-facing";
/** Between two tries to open a camera that something else has. */
const RETRY_MS = 2000;

/**
 * Emits `stream` for each that is opened, `interrupted` when its picture stops and comes back.
 * @extends {Emitter<{ stream: MediaStream, interrupted: boolean }>}
 */
export class PhoneWebcam extends Emitter {
  /** @type {MediaStream | null} */
  stream = null;
  /** @type {Facing} */
  facing = readStorage(KEY) === "user" ? "user" : "environment";
  #isClosed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /** @throws {import("../connection/open_camera.js").CameraError} */
  async open() {
    closeCamera(this.stream); // many phones have one at a time
    const stream = await openCamera(this.facing);
    if (this.#isClosed) return closeCamera(stream);
    this.stream = stream;
    const [track] = stream.getVideoTracks();
    track.addEventListener("mute", () => this.emit("interrupted", true));
    track.addEventListener("unmute", () => this.emit("interrupted", false));
    track.addEventListener("ended", () => this.#onEnded(stream));
    this.emit("stream", stream);
    this.emit("interrupted", false);
  }

  /** A call has it, or another app: it is opened again once they let go. @param {MediaStream} stream */
  #onEnded(stream) {
    if (this.#isClosed || stream !== this.stream) return;
    this.emit("interrupted", true);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (document.hidden) return; // `reopen` is called once it is not
      this.reopen().catch(() => this.#onEnded(stream));
    }, RETRY_MS);
  }

  /** The same name each time, under which its latency is remembered. */
  get name() {
    const [track] = this.stream?.getVideoTracks() ?? [];
    return track?.label || this.facing;
  }

  /** Takes the other one. */
  async turn() {
    this.facing = this.facing === "user" ? "environment" : "user";
    writeStorage(KEY, this.facing);
    await this.open();
  }

  /** After the page was hidden, or a call: opens it again where it has ended. @throws as `open` */
  async reopen() {
    const [track] = this.stream?.getVideoTracks() ?? [];
    if (!this.#isClosed && track?.readyState === "ended") await this.open();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    closeCamera(this.stream);
  }
}
