// @ts-check
// Plays the lesson's file in the page as the server says: without WebRTC no video comes from it.

import { ScreenPosition } from "./screen_position.js";

/** @import { State } from "./protocol.js" */

const CHECK_MS = 500;
/** Farther from where the server is than this, the video jumps there: it had to wait for data. */
const TOO_FAR_S = 0.4;
/** A jump takes time itself, so none is made for less than this. */
const NEAR_S = 0.15;
const LOOK_MS = 40;
const TELLS_FRAMES = "requestVideoFrameCallback" in HTMLVideoElement.prototype;

/** What the server last said is played. @typedef {{ lesson_s: number, at_ms: number, rate: number, end_s: number }} Place */

export class LessonPlayer {
  /** What the learner sees, for each picture of the webcam. */
  screen = new ScreenPosition();
  #video;
  #urls;
  #abort = new AbortController();
  /** @type {Place} */
  #place = { lesson_s: 0, at_ms: 0, rate: 0, end_s: Infinity };
  #checked_ms = 0;
  #handle = 0;

  /** @param {HTMLVideoElement} video @param {string[]} urls of the lesson's video, in the order in which to try them */
  constructor(video, urls) {
    this.#video = video;
    this.#urls = [...urls];
    const { signal } = this.#abort;
    for (const event of ["pause", "seeking", "waiting", "ratechange"]) {
      video.addEventListener(event, () => this.screen.stop(performance.now()), { signal });
    }
    video.addEventListener("error", () => this.#load(), { signal });
    video.addEventListener("loadedmetadata", () => {
      if (video.videoWidth) this.#follow(0);
      else this.#load(); // sound without a picture
    }, { signal });
    video.srcObject = null;
    video.preload = "auto";
    this.#load();
    this.#watch();
  }

  /** Tries the next form of the video. */
  #load() {
    const url = this.#urls.shift();
    if (!url) return;
    this.#video.src = url; // which pauses it
    if (this.#place.rate) void this.#play();
  }

  /** Notes each frame that is shown; where the browser does not tell them, the video's own time. */
  #watch() {
    const video = this.#video;
    if (!TELLS_FRAMES) {
      const timer = setInterval(() => this.#note(video.currentTime, performance.now()), LOOK_MS);
      this.#abort.signal.addEventListener("abort", () => clearInterval(timer));
      return;
    }
    /** @param {number} _ @param {VideoFrameCallbackMetadata} frame */
    const onFrame = (_, frame) => {
      this.#handle = video.requestVideoFrameCallback(onFrame);
      this.#note(frame.mediaTime, frame.expectedDisplayTime);
    };
    this.#handle = video.requestVideoFrameCallback(onFrame);
  }

  /** @param {number} lesson_s @param {number} shown_ms */
  #note(lesson_s, shown_ms) {
    if (this.#video.paused || this.#video.seeking || this.#place.rate === 0) return;
    this.screen.show(lesson_s, shown_ms, this.#video.playbackRate);
    if (shown_ms - this.#checked_ms < CHECK_MS) return;
    this.#checked_ms = shown_ms;
    this.#follow(TOO_FAR_S);
  }

  /** The server says what is played from now on. @param {State} state */
  onState({ state, lesson_s, rate, loop }) {
    const playing = state === "playing";
    this.#place = {
      lesson_s, at_ms: performance.now(), rate: playing ? rate ?? 1 : 0, end_s: (playing && loop?.[1]) || Infinity,
    };
    this.#checked_ms = performance.now();
    if (playing) {
      this.#video.playbackRate = rate ?? 1;
      this.#follow(NEAR_S);
      void this.#play();
    } else {
      this.#video.pause();
      this.#follow(0);
    }
  }

  /** Goes to where the server is, if the video is farther away. @param {number} allowed_s */
  #follow(allowed_s) {
    const { lesson_s, at_ms, rate, end_s } = this.#place;
    const target_s = Math.min(lesson_s + (rate * (performance.now() - at_ms)) / 1000, end_s);
    if (Math.abs(this.#video.currentTime - target_s) > allowed_s) this.#video.currentTime = target_s;
  }

  async #play() {
    try {
      await this.#video.play();
    } catch (error) {
      const { name } = /** @type {DOMException} */ (error);
      // A pause came before it began; or sound needs one more click here, and the picture does not.
      if (name !== "NotAllowedError" || this.#video.muted) return;
      this.#video.muted = true;
      void this.#play();
      const { signal } = this.#abort;
      document.addEventListener("click", () => { this.#video.muted = false; }, { once: true, signal });
    }
  }

  /** Only the first time: another session may have the <video> by now. */
  close() {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    if (this.#handle) this.#video.cancelVideoFrameCallback(this.#handle);
    this.#video.pause();
    this.#video.removeAttribute("src");
    this.#video.load();
  }
}
