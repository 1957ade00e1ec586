// @ts-check
// A phone's connection: its camera goes up, and `control` carries what the server says about it.

import { fetchConfig, openCameraSession } from "../api.js";
import { startClockSync } from "../connection/clock_sync.js";
import { untilGathered } from "../connection/ice_gathering.js";
import { NoMediaPath } from "../connection/peer.js";
import { PROTOCOL, parseMessage } from "../connection/protocol.js";
import { addCamera, allowDancers, changeCamera } from "../connection/uplink.js";
import { delay, once } from "../promises.js";

/** @import { ClientMessage, ServerMessage } from "../connection/protocol.js" */

const GATHERING_MS = 2000;
const OPENING_MS = 10_000;
/** Pongs come every two seconds at most. */
const SILENCE_MS = 6000;
const BYE_MS = 1000;

export class PhonePeer {
  #connection;
  #control;
  #onMessage;
  #onClosed;
  /** @type {RTCRtpSender | null} */
  #sender = null;
  /** @type {ReturnType<typeof startClockSync> | null} */
  #clock = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence;
  #isClosed = false;

  /**
   * @param {RTCIceServer[]} iceServers
   * @param {(message: ServerMessage) => void} onMessage @param {() => void} onClosed the server went away
   */
  constructor(iceServers, onMessage, onClosed) {
    this.#onMessage = onMessage;
    this.#onClosed = onClosed;
    this.#connection = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    this.#control = this.#connection.createDataChannel("control", { ordered: true });
    this.#control.addEventListener("message", ({ data }) => this.#receive(data));
    this.#control.addEventListener("close", () => this.#lose());
    this.#connection.addEventListener("connectionstatechange", () => {
      if (this.#connection.connectionState === "failed") this.#lose();
    });
  }

  /** The servers that help to find a way; none where the phone has no invitation, which needs none. */
  static async iceServers() {
    return (await fetchConfig()).ice_servers ?? [];
  }

  /**
   * Becomes the camera.
   * @param {MediaStream} camera @param {{ pairing?: string, camera?: string }} proof
   * @returns {Promise<string>} the id with which this phone may come back
   * @throws {NoMediaPath} the channel does not open
   */
  async connect(camera, proof) {
    this.#sender = addCamera(this.#connection, camera);
    await this.#connection.setLocalDescription();
    await untilGathered(this.#connection, GATHERING_MS);
    const sdp = this.#connection.localDescription?.sdp ?? "";
    const answer = await openCameraSession({ sdp, type: "offer", ...proof });
    await this.#connection.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    const opened = this.#control.readyState === "open" || await Promise.race([
      once(this.#control, "open").then(() => true), delay(OPENING_MS).then(() => false)]);
    if (!opened) throw new NoMediaPath(`expected the control channel to open in ${OPENING_MS} ms`);
    this.send({ type: "hello", protocol: PROTOCOL, client: "tandem-camera/1" });
    this.#clock = startClockSync((message) => this.send(message));
    this.#awaitMessage();
    return answer.id;
  }

  /** @param {string} data */
  #receive(data) {
    this.#awaitMessage();
    try {
      const message = parseMessage(data);
      if (message?.type === "pong") this.#clock?.onPong(message);
      else if (message) this.#onMessage(message);
      if (message?.type === "welcome") this.#allowDancers(message.dancers ?? 1);
    } catch (error) {
      console.warn(/** @type {Error} */ (error).message);
    }
  }

  /** @param {number} dancers */
  #allowDancers(dancers) {
    if (this.#sender && dancers > 1) allowDancers(this.#sender, dancers).catch((error) => console.warn(error.message));
  }

  /** Nothing comes any more once a pong is overdue. */
  #awaitMessage() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lose(), SILENCE_MS);
  }

  /** @param {ClientMessage} message */
  send(message) {
    if (this.#control.readyState === "open") this.#control.send(JSON.stringify(message));
  }

  /** @param {MediaStream} camera another one */
  async replaceCamera(camera) {
    if (this.#sender && !this.#isClosed) await changeCamera(this.#sender, camera);
  }

  #lose() {
    if (this.#isClosed) return;
    this.close();
    this.#onClosed();
  }

  /** Says goodbye, then closes. */
  async leave() {
    this.send({ type: "bye" });
    await Promise.race([once(this.#control, "close"), delay(BYE_MS)]);
    this.close();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#silence);
    this.#clock?.stop();
    this.#connection.close();
  }
}
