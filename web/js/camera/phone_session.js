// @ts-check
// A phone as the camera of one session: it connects, and comes back when its connection breaks.

import { ApiError } from "../api.js";
import { NoMediaPath } from "../connection/peer.js";
import { Emitter } from "../emitter.js";
import { delay } from "../promises.js";
import { readTabStorage, writeTabStorage } from "../storage.js";
import { PhonePeer } from "./phone_peer.js";

/** @import { ClientMessage, ServerMessage } from "../connection/protocol.js" */

/** For how long the screen may take to come back, too. */
const COMING_BACK_MS = 90_000;
const MAX_PAUSE_MS = 5000;
const REPLACED = "camera_replaced";
/** Ends of a session that the screen may continue. */
const CONTINUED = new Set(["lost", "vanished", "failed", "replaced"]);
/** The server is there, and has no session for this phone: the screen's connection broke off. */
const SCREEN_GONE = "unknown_session";
const KEY = "phone-id";

/** Whether this page was a camera before it was loaded again, and may still be. */
export const wasCamera = () => Boolean(readTabStorage(KEY));

/** @typedef {"" | "server" | "screen"} Missing  what the phone has lost and waits for */

/**
 * Emits `message` for each of the server's, `missing` when something is lost or back, and `over` with
 * a code when there is nothing more to try.
 * @extends {Emitter<{ message: ServerMessage, missing: Missing, over: string }>}
 */
export class PhoneSession extends Emitter {
  #camera;
  /** @type {PhonePeer | null} */
  #peer = null;
  #id = "";
  /** @type {Missing} */
  #missing = "";
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

  /** Goes on as the camera that this page was before it was loaded again. @throws as `start` */
  async goOn() {
    try {
      await this.#connect({ camera: readTabStorage(KEY) ?? "" });
    } catch (error) {
      if (error instanceof ApiError) writeTabStorage(KEY, "");
      throw error;
    }
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
    writeTabStorage(KEY, this.#id);
    this.#miss("");
  }

  /** @param {ServerMessage} message */
  #onMessage(message) {
    if (message.type === "state" && message.state === "ended") {
      if (this.#isOver) return;
      if (CONTINUED.has(message.reason ?? "")) return this.#miss("screen"); // and the connection closes
      this.#isOver = true;
      writeTabStorage(KEY, "");
    }
    if (message.type === "error" && message.code === REPLACED) return this.#end(REPLACED);
    this.emit("message", message);
  }

  async #comeBack() {
    const until_ms = performance.now() + COMING_BACK_MS;
    if (!this.#missing) this.#miss("server");
    for (let pause_ms = 500; !this.#isOver; pause_ms = Math.min(pause_ms * 2, MAX_PAUSE_MS)) {
      await delay(pause_ms);
      if (this.#isOver) return;
      try {
        return await this.#connect({ camera: this.#id });
      } catch (error) {
        const code = failureCode(error);
        this.#miss(code === SCREEN_GONE ? "screen" : "server");
        if (code === REPLACED || performance.now() > until_ms) return this.#end(code);
      }
    }
  }

  /** @param {Missing} missing */
  #miss(missing) {
    this.#missing = missing;
    this.emit("missing", missing);
  }

  /** @param {string} code */
  #end(code) {
    this.#isOver = true;
    writeTabStorage(KEY, "");
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
