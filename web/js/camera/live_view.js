// @ts-check
// What the phone shows while it is the camera: the sentence, the picture with the skeleton, the end.

import { findPart } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatInteger } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { drawPhoneSkeleton } from "./phone_skeleton.js";
import { chooseSentence } from "./sentence.js";

/** @import { LessonState, ServerMessage } from "../connection/protocol.js" */

/** Patterns of `navigator.vibrate`, in ms. */
const COUNTING = [80], PLAYING = [200, 80, 200];

/** Emits `turn` and `end` for its buttons. @extends {Emitter<{ turn: void, end: void }>} */
export class LiveView extends Emitter {
  #root;
  #video;
  #canvas;
  #box;
  #isOver = false;
  /** @type {Parameters<typeof chooseSentence>[0]} */
  #now = { missing: "", interrupted: false, cameras: null, state: "", framing: null, sees: false };

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#video = findPart(root, "video", HTMLVideoElement);
    this.#canvas = findPart(root, "skeleton", HTMLCanvasElement);
    this.#box = findPart(root, "mirrored", HTMLElement);
    this.#video.addEventListener("resize", () => {
      const { videoWidth, videoHeight } = this.#video;
      if (videoHeight) this.#box.style.setProperty("--shape", String(videoWidth / videoHeight));
    });
    findPart(root, "turn", HTMLButtonElement).addEventListener("click", () => this.emit("turn"));
    findPart(root, "end", HTMLButtonElement).addEventListener("click", () => this.emit("end"));
  }

  /** @param {MediaStream} stream @param {boolean} isFront */
  showCamera(stream, isFront) {
    this.#box.dataset.mirrored = String(isFront);
    this.#video.srcObject = stream;
    this.#video.play().catch(() => {}); // another one took its place
  }

  /** @param {ServerMessage} message */
  show(message) {
    if (message.type === "camera") this.update({ cameras: message });
    if (message.type === "framing") {
      this.#now.framing = message.framing;
      drawPhoneSkeleton(this.#canvas, message.pose);
      this.update({ sees: message.pose.some(([x]) => x !== null) });
    }
    if (message.type === "state") this.#onState(message.state);
    if (message.type === "summary" && message.score !== null && this.#isOver) {
      const result = findPart(this.#root, "result", HTMLElement);
      result.textContent = words.phone.score(formatInteger(message.score));
      result.hidden = false;
    }
  }

  /** @param {LessonState} state */
  #onState(state) {
    if (state === "counting") navigator.vibrate?.(COUNTING);
    if (state === "playing" && this.#now.state === "counting") navigator.vibrate?.(PLAYING);
    this.update({ state });
  }

  /** @param {Partial<Parameters<typeof chooseSentence>[0]>} change */
  update(change) {
    Object.assign(this.#now, change);
    if (!this.#isOver) this.#say(chooseSentence(this.#now));
  }

  /** @param {string} text that stays */
  end(text) {
    this.#isOver = true;
    this.#canvas.hidden = true;
    document.body.dataset.over = "true";
    this.#say({ text, tone: "fine" });
    for (const name of ["turn", "end"]) findPart(this.#root, name, HTMLButtonElement).hidden = true;
  }

  /** @param {{ text: string, tone: string }} sentence */
  #say({ text, tone }) {
    const element = findPart(this.#root, "sentence", HTMLElement);
    if (element.textContent !== text) element.textContent = text;
    element.dataset.tone = tone;
  }
}
