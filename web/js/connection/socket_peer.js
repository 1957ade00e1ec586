// @ts-check
// One connection without WebRTC: messages and pictures over a WebSocket, the lesson's video by HTTP.

import { ApiError, socketUrl } from "../api.js";
import { delay, once } from "../promises.js";
import { LessonPlayer } from "./lesson_player.js";
import { PictureUplink } from "./picture_uplink.js";
import { readAnnotated } from "./pictures.js";
import { parseMessage } from "./protocol.js";

/** @import { AttemptEvents } from "./attempt_events.js" */
/** @import { PeerHandlers, PeerOptions } from "./peer.js" */
/** @import { ClientMessage, ServerMessage } from "./protocol.js" */

const CONNECTING_MS = 10_000;
const HANG_UP_MS = 1000;
/** More than this waiting to be sent: the network is slower than the pictures. */
const MAX_WAITING_BYTES = 16_384;

/** The WebSocket did not open. */
export class NoSocket extends Error {}

/** It has the methods of `Peer`, and the page does not know which of them it has. */
export class SocketPeer {
  #events;
  #handlers;
  #signal;
  #player;
  #uplink;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {CanvasRenderingContext2D | null} shows the annotated pictures */
  #pen = null;
  /** @type {(message: ServerMessage) => void} */
  #onFirst = () => {};

  /**
   * @param {AttemptEvents} events for the received streams
   * @param {PeerHandlers} handlers
   * @param {AbortSignal} signal once it is aborted, nothing is received any more
   * @param {HTMLVideoElement} video shows the instructor
   * @param {string[]} videoUrls of the lesson's video, in the order in which to try them
   */
  constructor(events, handlers, signal, video, videoUrls) {
    this.#events = events;
    this.#handlers = handlers;
    this.#signal = signal;
    this.#player = new LessonPlayer(video, videoUrls);
    this.#uplink = new PictureUplink(this.#player.screen, () => this.#isFree(), (picture) => this.#socket?.send(picture));
    this.session = "";
    this.open = false;
    /** Set after the lesson's end: messages are still received, but none is sent. */
    this.silent = false;
  }

  /** Pictures may be sent, and the last one is gone. */
  #isFree() {
    const socket = this.#socket;
    return this.open && !this.silent && socket !== null && socket.readyState === WebSocket.OPEN
      && socket.bufferedAmount < MAX_WAITING_BYTES;
  }

  /**
   * Opens the connection; resolves when the server has answered.
   * @param {PeerOptions} options
   * @throws {NoSocket} it does not open in time @throws {ApiError} the server refuses
   */
  async connect(options) {
    if (options.camera) this.#uplink.start(options.camera); // a camera that replaces it meanwhile must not be replaced
    const socket = new WebSocket(socketUrl(options));
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    const signal = this.#signal;
    socket.addEventListener("message", ({ data }) => this.#receive(data), { signal });
    socket.addEventListener("close", () => this.#lost(), { signal });
    socket.addEventListener("open", () => {
      // The server waits for a message before it says anything itself.
      socket.send(JSON.stringify({ type: "ping", t0_ms: performance.now() }));
    }, { signal });
    const first = await this.#untilAnswered(socket);
    if (signal.aborted) return;
    if (!first) throw new NoSocket(`expected a WebSocket to open in ${CONNECTING_MS} ms`);
    if (first.type === "error") {
      throw new ApiError(first.status ?? 0, first.code, first.message, first.retry_after_s ?? null);
    }
    this.open = true;
    if (options.annotated) this.#showAnnotated();
  }

  /** The first message; null if none comes. @param {WebSocket} socket @returns {Promise<ServerMessage | null>} */
  #untilAnswered(socket) {
    return Promise.race([
      new Promise((/** @type {(message: ServerMessage) => void} */ resolve) => { this.#onFirst = resolve; }),
      once(socket, "close").then(() => null),
      once(this.#signal, "abort").then(() => null),
      delay(CONNECTING_MS).then(() => null),
    ]);
  }

  /** @param {string | ArrayBuffer} data */
  #receive(data) {
    if (typeof data !== "string") {
      this.#drawAnnotated(data).catch(() => {}); // a picture that cannot be decoded is left out
      return;
    }
    try {
      const message = parseMessage(data);
      if (!message) return;
      this.#onFirst(message);
      if (!this.open && message.type === "error") return; // `connect` throws it
      if (message.type === "welcome") this.session = message.session;
      if (message.type === "state") this.#player.onState(message);
      this.#handlers.onMessage(message);
    } catch (error) {
      console.warn(/** @type {Error} */ (error).message);
    }
  }

  /** The page shows streams, so the pictures become one. */
  #showAnnotated() {
    const canvas = document.createElement("canvas");
    this.#pen = canvas.getContext("2d");
    this.#events.emit("annotated", canvas.captureStream());
  }

  /** @param {ArrayBuffer} data */
  async #drawAnnotated(data) {
    const jpeg = readAnnotated(data);
    if (!jpeg || !this.#pen) return;
    const picture = await createImageBitmap(jpeg);
    const { canvas } = this.#pen;
    if (canvas.width !== picture.width || canvas.height !== picture.height) {
      [canvas.width, canvas.height] = [picture.width, picture.height];
    }
    this.#pen.drawImage(picture, 0, 0);
    picture.close();
  }

  #lost() {
    if (!this.open) return;
    this.close();
    this.#handlers.onClosed();
  }

  /** Sends another camera on the same connection. @param {MediaStream} camera */
  async replaceCamera(camera) {
    this.#uplink.start(camera);
  }

  /** Sends a message; after the lesson's end it sends nothing. @param {ClientMessage} message */
  send(message) {
    if (!this.open || this.silent || this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
  }

  /** Gives the server a moment to close first, so that the last message arrives. */
  async hangUp() {
    this.open = false;
    this.#uplink.close();
    this.#player.close();
    if (this.#socket?.readyState === WebSocket.OPEN) {
      await Promise.race([once(this.#socket, "close"), delay(HANG_UP_MS)]);
    }
    this.close();
  }

  close() {
    this.open = false;
    this.#uplink.close();
    this.#player.close();
    this.#socket?.close();
  }
}
