// @ts-check
// One WebRTC connection: camera up, instructor down, two DataChannels.

import { closeSession, openSession } from "../api.js";
import { parseMessage } from "./protocol.js";
import { addCamera, changeCamera } from "./uplink.js";
import { delay, gathered, once, opened } from "./webrtc_events.js";

/** @import { ClientMessage, Mirror } from "./protocol.js" */

const FAREWELL_MS = 1000;
const JITTER_BUFFER_MS = 120;

/**
 * @typedef {{ camera: MediaStream, lesson: string, mirror: Mirror, annotated: boolean,
 *   learner: string, resume: string, iceServers: RTCIceServer[], signal: AbortSignal }} Wish
 */

/**
 * Events: `message` (detail a ServerMessage), `fault` (detail an Error: a message that is not one),
 * `instructor` and `annotated` (detail a MediaStream), `closed` (the other end went away).
 */
export class Peer extends EventTarget {
  /** @type {RTCRtpSender | null} */
  #uplink = null;

  /** @param {RTCIceServer[]} iceServers */
  constructor(iceServers) {
    super();
    this.session = "";
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    // Both before the offer: the server refuses an offer without its channels.
    this.control = this.connection.createDataChannel("control", { ordered: true });
    this.scores = this.connection.createDataChannel("scores", { ordered: false, maxRetransmits: 0 });
    /** @type {RTCRtpReceiver | null} */
    this.instructor = null;
    this.open = false;
    /** Set after the end: we still hear, and say no more. */
    this.silent = false;
    this.#listen();
  }

  #listen() {
    for (const channel of [this.control, this.scores]) {
      channel.addEventListener("message", ({ data }) => this.#receive(data));
    }
    this.control.addEventListener("close", () => this.#lost());
    this.connection.addEventListener("connectionstatechange", () => {
      if (this.connection.connectionState === "failed") this.#lost();
    });
  }

  /** @param {string} data */
  #receive(data) {
    try {
      const message = parseMessage(data);
      if (message) this.#emit("message", message);
    } catch (error) {
      this.#emit("fault", error);
    }
  }

  /** @param {string} type @param {unknown} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #lost() {
    if (!this.open) return;
    this.close();
    this.#emit("closed");
  }

  /** Opens the connection; resolves when control is open. @param {Wish} wish */
  async connect(wish) {
    this.#addMedia(wish);
    await this.connection.setLocalDescription();
    await gathered(this.connection);
    const sdp = this.connection.localDescription?.sdp ?? "";
    const { lesson, mirror, annotated, learner, resume } = wish;
    const offer = {
      sdp, type: /** @type {const} */ ("offer"), lesson, mirror, annotated,
      ...(learner && { learner }), ...(resume && { resume }),
    };
    const answer = await openSession(offer, wish.signal);
    if (wish.signal.aborted) return void closeSession(answer.id);
    this.session = answer.id;
    await this.connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    await opened(this.control, wish.signal);
    this.open = true;
  }

  /** @param {Wish} wish */
  #addMedia({ camera, annotated }) {
    // The order of these lines is the contract: first up, then the instructor, then the rest.
    this.#uplink = addCamera(this.connection, camera);
    const instructor = this.#receiveVideo();
    this.instructor = instructor.receiver;
    const audio = this.connection.addTransceiver("audio", { direction: "recvonly" });
    const extra = annotated ? this.#receiveVideo() : null;
    holdBack(instructor.receiver);
    holdBack(audio.receiver);
    // Sorted by line, not by the stream's name: a server may give all of them the same one.
    const [instructorStream, annotatedStream] = [new MediaStream(), new MediaStream()];
    this.connection.addEventListener("track", ({ transceiver, track: arrived }) => {
      const isAnnotated = transceiver === extra;
      (isAnnotated ? annotatedStream : instructorStream).addTrack(arrived);
      if (isAnnotated) this.#emit("annotated", annotatedStream);
      if (transceiver === instructor) this.#emit("instructor", instructorStream);
    });
  }

  #receiveVideo() {
    const transceiver = this.connection.addTransceiver("video", { direction: "recvonly" });
    const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
    // The server answers in the offer's order, and VP8 is what every browser decodes.
    const vp8First = [...codecs].sort((a, b) => Number(isVp8(b)) - Number(isVp8(a)));
    if (codecs.length) transceiver.setCodecPreferences?.(vp8First);
    return transceiver;
  }

  /** Another camera, without another connection. @param {MediaStream} camera */
  async useCamera(camera) {
    if (this.#uplink && this.connection.signalingState !== "closed") {
      await changeCamera(this.#uplink, camera);
    }
  }

  /** Sends on control; after the end, nothing. @param {ClientMessage} message */
  send(message) {
    if (!this.open || this.silent || this.control.readyState !== "open") return;
    this.control.send(JSON.stringify(message));
  }

  /** Gives the server a moment to hang up first, so that our last word arrives. */
  async hangUp() {
    this.open = false;
    if (this.control.readyState === "open") {
      await Promise.race([once(this.control, "close"), delay(FAREWELL_MS)]);
    }
    this.close();
  }

  close() {
    this.open = false;
    this.connection.close();
  }
}

/** @param {{ mimeType: string }} codec */
const isVp8 = ({ mimeType }) => mimeType.toLowerCase() === "video/vp8";

/** Audio and video wait the same time, so lips and clock hold. @param {RTCRtpReceiver} receiver */
function holdBack(receiver) {
  if ("jitterBufferTarget" in receiver) receiver.jitterBufferTarget = JITTER_BUFFER_MS;
}
