// @ts-check
// Everything that reaches the page from the camera and from the server during one attempt.

import { Emitter } from "../emitter.js";

/** @import { Problem } from "../i18n/words.js" */
/** @import { FallbackReason } from "./open_peer.js" */
/** @import { Pong, ServerMessage } from "./protocol.js" */

/**
 * @typedef {{ attempt: number, of: number, left_s: number }} RetryCountdown  `left_s`: until the next
 *   try to connect, 0 while it is under way
 * @typedef {{ problem: Problem, code?: string, detail?: string, wait_s?: number | null }} Failure
 *   `code`, `detail`: as in the server's answer; `wait_s`: when the server wants to be asked again
 * @typedef {Exclude<ServerMessage, Pong>} ViewMessage  what the view may be interested in
 * @typedef {{ [Message in ViewMessage as Message["type"]]: Message }} MessagesByType
 * @typedef {{ message: ViewMessage, webcam: MediaStream, cameraChange: void, instructor: MediaStream, annotated: MediaStream, voice: MediaStream,
 *   fallback: FallbackReason, retry: RetryCountdown, failure: Failure }} LocalEvents
 */

/**
 * The only way from the camera and the connection to the view. The modules of this folder emit here
 * and the view subscribes here; nobody in between repeats an event.
 *
 * Each message of the server is emitted under its own type, once it is parsed and checked, so a new
 * message needs an entry in protocol.js and a subscriber. The other events:
 *
 * - `message`: any message of the server, just before the event of its own type
 * - `webcam`: the camera was opened, or another one took its place
 * - `cameraChange`: see `state` of `Webcam`
 * - `instructor`, `annotated`: a stream to show; `voice`: the teacher's of a class, to hear
 * - `fallback`: the connection is not WebRTC, and why; everything else stays as it is
 * - `retry`: the connection is lost; emitted each second until the next try
 * - `failure`: the attempt is over; nothing tries any more
 * @extends {Emitter<MessagesByType & LocalEvents>}
 */
export class AttemptEvents extends Emitter {
  /** @param {ViewMessage} message */
  emitMessage(message) {
    this.emit("message", message);
    this.dispatchEvent(new CustomEvent(message.type, { detail: message }));
  }
}
