// @ts-check
// One WebRTC connection: it sends the camera, receives the instructor, and has two DataChannels.

import { closeSession, openSession } from "../api.js";
import { delay, once } from "../promises.js";
import { untilGathered } from "./ice_gathering.js";
import { parseMessage } from "./protocol.js";
import { addCamera, changeCamera } from "./uplink.js";

/** @import { Seat } from "../classes/seat.js" */
/** @import { AttemptEvents } from "./attempt_events.js" */
/** @import { ClientMessage, Mirror, ServerMessage } from "./protocol.js" */

/** What a TURN server answers to wrong credentials (RFC 8656, 18). */
const UNAUTHORIZED = new Set([401, 441]);
const GATHERING_MS = 2000;
const CONNECTING_MS = 15000;
/** Without a pair of candidates that works by then, there is none. */
const CHECKING_MS = 5000;
const PATH_STATES = new Set(["connected", "completed"]);
const HANG_UP_MS = 1000;
const JITTER_BUFFER_MS = 120;

/**
 * @typedef {{ dancers?: number, learners?: (string | null)[], instructors?: number[] }} GroupWishes
 *   `dancers`: how many, if several; `learners`: the names to keep their results under; `instructors`:
 *   whom each follows, where there is a choice
 * @typedef {{ camera: MediaStream | null, lesson: string, mirror: Mirror, annotated: boolean,
 *   learner: string, resume: string, seat?: Seat | null } & GroupWishes} PeerOptions
 *   `camera`: null where a phone is the camera; `seat`: the place in a class
 * @typedef {{ onMessage: (message: ServerMessage) => void, onClosed: () => void,
 *   onInstructor: (receiver: RTCRtpReceiver) => void }} PeerHandlers  `onClosed`: the server went away;
 *   `onInstructor`: the instructor's stream was emitted
 */

/** The media path did not open, most often because of a firewall. */
export class NoMediaPath extends Error {
  /** A relay that could have helped refused its credentials. */
  relayRefused = false;
}

export class Peer {
  #events;
  #handlers;
  #signal;
  #seat;
  /** @type {RTCRtpSender | null} */
  #uplink = null;
  #relayRefused = false;

  /**
   * @param {RTCIceServer[]} iceServers
   * @param {AttemptEvents} events for the received streams
   * @param {PeerHandlers} handlers
   * @param {AbortSignal} signal once it is aborted, nothing is received any more
   * @param {Seat | null} [seat] in a class
   */
  constructor(iceServers, events, handlers, signal, seat = null) {
    this.#events = events;
    this.#handlers = handlers;
    this.#signal = signal;
    this.#seat = seat;
    this.session = "";
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    // Both before the offer: the server refuses an offer without its channels.
    this.control = this.connection.createDataChannel("control", { ordered: true });
    this.scores = this.connection.createDataChannel(seat?.channel ?? "scores", { ordered: false, maxRetransmits: 0 });
    this.open = false;
    /** Set after the lesson's end: messages are still received, but none is sent. */
    this.silent = false;
    this.#listen();
  }

  #listen() {
    const signal = this.#signal;
    for (const channel of [this.control, this.scores]) {
      channel.addEventListener("message", ({ data }) => this.#receive(data), { signal });
    }
    this.control.addEventListener("close", () => this.#lost(), { signal });
    this.connection.addEventListener("connectionstatechange", () => {
      if (this.connection.connectionState === "failed") this.#lost();
    }, { signal });
    this.connection.addEventListener("icecandidateerror", ({ errorCode }) => {
      this.#relayRefused ||= UNAUTHORIZED.has(errorCode);
    }, { signal });
  }

  /** @param {string} data */
  #receive(data) {
    try {
      const message = parseMessage(data);
      if (message) this.#handlers.onMessage(message);
    } catch (error) {
      console.warn(/** @type {Error} */ (error).message);
    }
  }

  #lost() {
    if (!this.open) return;
    this.close();
    this.#handlers.onClosed();
  }

  /**
   * Opens the connection; resolves when the control channel is open.
   * @param {PeerOptions} options @throws {NoMediaPath} the channel does not open in time
   */
  async connect(options) {
    this.#addMedia(options);
    await this.connection.setLocalDescription();
    await untilGathered(this.connection, GATHERING_MS);
    const sdp = this.connection.localDescription?.sdp ?? "";
    const { lesson, mirror, annotated, learner, resume, dancers, learners, instructors } = options;
    const offer = {
      sdp, type: /** @type {const} */ ("offer"), lesson, mirror, annotated, screen_only: !options.camera,
      ...(learner && { learner }), ...(resume && { resume }), ...(dancers && { dancers, learners }),
      ...(instructors && { instructors }),
    };
    const answer = await (this.#seat ?? { open: openSession }).open(offer, this.#signal);
    if (this.#signal.aborted) return void closeSession(answer.id);
    this.session = answer.id;
    await this.connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    await this.#untilOpen();
    this.open = true;
  }

  /** @throws {NoMediaPath} the channels do not open in time */
  async #untilOpen() {
    try {
      await untilOpen(this.connection, this.control, this.#signal);
    } catch (error) {
      if (error instanceof NoMediaPath) error.relayRefused = this.#relayRefused;
      throw error;
    }
  }

  /** @param {PeerOptions} options */
  #addMedia({ camera, annotated, dancers }) {
    // The protocol fixes the order of the media lines: the camera, the instructor, then the rest.
    if (camera) this.#uplink = addCamera(this.connection, camera, dancers);
    if (this.#seat?.receivesLesson ?? true) this.#addInstructor(annotated);
    else this.#seat?.addLines(this.connection, this.#events, this.#signal);
  }

  /** @param {boolean} annotated */
  #addInstructor(annotated) {
    const instructor = this.#receiveVideo();
    const audio = this.connection.addTransceiver("audio", { direction: "recvonly" });
    const others = this.#seat?.addLines(this.connection, this.#events, this.#signal) ?? [];
    const extra = annotated ? this.#receiveVideo() : null;
    setJitterBuffer(instructor.receiver);
    setJitterBuffer(audio.receiver);
    // Sorted by line, not by the stream's name: a server may give all of them the same name.
    const [instructorStream, annotatedStream] = [new MediaStream(), new MediaStream()];
    this.connection.addEventListener("track", ({ transceiver, track }) => {
      if (others.includes(transceiver)) return;
      const isAnnotated = transceiver === extra;
      (isAnnotated ? annotatedStream : instructorStream).addTrack(track);
      if (isAnnotated) this.#events.emit("annotated", annotatedStream);
      if (transceiver !== instructor) return;
      this.#events.emit("instructor", instructorStream);
      this.#handlers.onInstructor(instructor.receiver);
    }, { signal: this.#signal });
  }

  #receiveVideo() {
    // The codec is the first that lessons have, in the browser's own order: H.264 in Safari, which
    // decodes that in hardware, VP8 elsewhere.
    return this.connection.addTransceiver("video", { direction: "recvonly" });
  }

  /** Sends another camera on the same connection. @param {MediaStream} camera */
  async replaceCamera(camera) {
    if (this.#uplink && this.connection.signalingState !== "closed") {
      await changeCamera(this.#uplink, camera);
    }
  }

  /** Sends on the control channel; after the lesson's end it sends nothing. @param {ClientMessage} message */
  send(message) {
    if (!this.open || this.silent || this.control.readyState !== "open") return;
    this.control.send(JSON.stringify(message));
  }

  /** Gives the server a moment to close first, so that the last message arrives. */
  async hangUp() {
    this.open = false;
    if (this.control.readyState === "open") {
      await Promise.race([once(this.control, "close"), delay(HANG_UP_MS)]);
    }
    this.close();
  }

  close() {
    this.open = false;
    this.connection.close();
  }
}

/** Delays audio and video equally, so that they stay in sync. @param {RTCRtpReceiver} receiver */
function setJitterBuffer(receiver) {
  if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = JITTER_BUFFER_MS;
}

/**
 * Waits until a channel can carry messages.
 * @param {RTCPeerConnection} connection @param {RTCDataChannel} channel @param {AbortSignal} signal
 * @throws {NoMediaPath} it does not open in time, or the signal is aborted
 */
async function untilOpen(connection, channel, signal) {
  if (channel.readyState === "open") return;
  const noPath = delay(CHECKING_MS).then(() =>
    PATH_STATES.has(connection.iceConnectionState) ? delay(CONNECTING_MS - CHECKING_MS) : undefined);
  const isOpen = await Promise.race([
    once(channel, "open").then(() => true),
    once(channel, "close").then(() => false),
    once(signal, "abort").then(() => false),
    noPath.then(() => false),
  ]);
  if (!isOpen) throw new NoMediaPath(`expected the ${channel.label} channel to open in ${CHECKING_MS} ms`);
}
