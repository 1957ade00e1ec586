// @ts-check
// A phone as the camera of one session: it connects, and comes back when its connection breaks.

import { ApiError } from "../api.js";
import { NoMediaPath } from "../connection/peer.js";
import { Emitter } from "../emitter.js";
import { delay } from "../promises.js";
import { PhonePeer } from "./phone_peer.js";

/** @import { ClientMessage, ServerMessage } from "../connection/protocol.js" */

/** For how long the screen may take to come back, too. */
const COMING_BACK_MS = 90_000;
const MAX_PAUSE_MS = 5000;
const REPLACED = "camera_replaced";
/** Ends of a session that the screen may continue. */
const CONTINUED = new Set(["lost", "vanished", "failed", "replaced"]);

/**
 * Emits `message` for each of the server's, `connecting` while it tries, and `over` with a code when
 * there is nothing more to try.
 * @extends {Emitter<{ message: ServerMessage, connecting: boolean, over: string }>}
 */
export class PhoneSession extends Emitter {
  #camera;
  /** @type {PhonePeer | null} */
  #peer = null;
  #id = "";
  #isOver = false;

  /** @param {MediaStream} camera */
  constructor(camera) {
    super();
    this.#camera = camera;
  }

  /** @param {string} pairing the code or the secret @throws {ApiError | NoMediaPath | Error} it is refused */
  async start(pairing) {
    await this.#connect({ pairing });
  }

  /** @param {{ pairing?: string, camera?: string }} proof */
  async #connect(proof) {
    const peer = new PhonePeer(
      await PhonePeer.iceServers(), (message) => this.#onMessage(message), () => void this.#comeBack());
    try {
      this.#id = await peer.connect(this.#camera, proof);
    } catch (error) {
      peer.close();
      throw error;
    }
    this.#peer = peer;
    this.emit("connecting", false);
  }

  /** @param {ServerMessage} message */
  #onMessage(message) {
    if (message.type === "state" && message.state === "ended") {
      if (this.#isOver || CONTINUED.has(message.reason ?? "")) return; // the connection closes, and this phone comes back
      this.#isOver = true;
    }
    if (message.type === "error" && message.code === REPLACED) return this.#end(REPLACED);
    this.emit("message", message);
  }

  async #comeBack() {
    const until_ms = performance.now() + COMING_BACK_MS;
    for (let pause_ms = 500; !this.#isOver; pause_ms = Math.min(pause_ms * 2, MAX_PAUSE_MS)) {
      this.emit("connecting", true);
      await delay(pause_ms);
      if (this.#isOver) return;
      try {
        return await this.#connect({ camera: this.#id });
      } catch (error) {
        const code = failureCode(error);
        if (code === REPLACED || performance.now() > until_ms) return this.#end(code);
      }
    }
  }

  /** @param {string} code */
  #end(code) {
    this.#isOver = true;
    this.emit("over", code);
  }

  /** @param {ClientMessage} message */
  send(message) {
    this.#peer?.send(message);
  }

  /** @param {MediaStream} camera another one */
  async replaceCamera(camera) {
    this.#camera = camera;
    await this.#peer?.replaceCamera(camera);
  }

  /** The page is left. */
  leave() {
    this.#isOver = true;
    void this.#peer?.leave();
  }
}

/** What went wrong, by a name of `words.phone.problems`. @param {unknown} error */
export function failureCode(error) {
  if (error instanceof ApiError) return error.code;
  return error instanceof NoMediaPath ? "no-path" : "unreachable";
}
