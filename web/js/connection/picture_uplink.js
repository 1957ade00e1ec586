// @ts-check
// The camera's way to the server without WebRTC: five JPEG pictures a second.

import { writeWebcamHeader } from "./pictures.js";

/** @import { ScreenPosition } from "./screen_position.js" */

const EVERY_MS = 200;
/** Cameras are not exact, and a picture that is left out costs a whole one. */
const EARLY_MS = 20;
const LONGEST_SIDE_PX = 640;
const QUALITY = 0.8;
const TELLS_FRAMES = "requestVideoFrameCallback" in HTMLVideoElement.prototype;

export class PictureUplink {
  #video = document.createElement("video");
  #canvas = document.createElement("canvas");
  #screen;
  #isFree;
  #send;
  #due_ms = -Infinity;
  #captured_ms = -Infinity;
  #busy = false;
  #closed = false;
  #watching = false;

  /**
   * @param {ScreenPosition} screen what the learner sees
   * @param {() => boolean} isFree the last picture is on its way: there is one slot, and the newest wins
   * @param {(message: Blob) => void} send
   */
  constructor(screen, isFree, send) {
    this.#screen = screen;
    this.#isFree = isFree;
    this.#send = send;
    this.#video.muted = true;
    this.#video.playsInline = true;
  }

  /** Sends this camera from now on. @param {MediaStream} camera */
  start(camera) {
    if (this.#closed) return;
    this.#video.srcObject = camera;
    this.#video.play().catch(() => {}); // it is closed already, or another camera took its place
    if (!this.#watching) this.#watch();
  }

  /** Looks at each frame of the camera; without the browser's callback, five times a second. */
  #watch() {
    if (this.#closed) return;
    this.#watching = true;
    if (!TELLS_FRAMES) {
      this.#onFrame(performance.now());
      setTimeout(() => this.#watch(), EVERY_MS);
      return;
    }
    this.#video.requestVideoFrameCallback((now_ms, frame) => {
      this.#watch();
      if (!this.#closed) this.#onFrame(frame.captureTime ?? now_ms);
    });
  }

  /** @param {number} captured_ms */
  #onFrame(captured_ms) {
    if (captured_ms < this.#due_ms - EARLY_MS || captured_ms < this.#captured_ms) return;
    if (this.#busy || !this.#isFree() || !this.#video.videoWidth) return;
    this.#due_ms = Math.max(this.#due_ms + EVERY_MS, captured_ms);
    this.#captured_ms = captured_ms;
    this.#draw();
    this.#busy = true;
    this.#canvas.toBlob((jpeg) => {
      this.#busy = false;
      if (jpeg && !this.#closed) this.#sendPicture(captured_ms, jpeg);
    }, "image/jpeg", QUALITY);
  }

  #draw() {
    const { videoWidth, videoHeight } = this.#video;
    const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(videoWidth, videoHeight));
    const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      [this.#canvas.width, this.#canvas.height] = [width, height];
    }
    this.#canvas.getContext("2d")?.drawImage(this.#video, 0, 0, width, height);
  }

  /** @param {number} captured_ms @param {Blob} jpeg */
  #sendPicture(captured_ms, jpeg) {
    const { lesson_s, rate } = this.#screen.at(captured_ms);
    const header = writeWebcamHeader({ captured_ms, sent_ms: performance.now(), lesson_s, rate });
    this.#send(new Blob([header, jpeg]));
  }

  close() {
    this.#closed = true;
    this.#video.srcObject = null;
  }
}
