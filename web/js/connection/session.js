// @ts-check
// One session, and the only owner of what it holds: connection and timers. The camera is lent.

import { ApiError, Unreachable, closeSession, fetchConfig, isReady } from "../api.js";
import { startClock } from "./clock_sync.js";
import { watchLiveness } from "./liveness.js";
import { Peer } from "./peer.js";
import { watchPlayhead } from "./playhead.js";
import { PROTOCOL } from "./protocol.js";
import { NoPath } from "./webrtc_events.js";

/** @import { ClientMessage, Mirror, ServerMessage } from "./protocol.js" */
/** @import { Problem } from "../i18n/words.js" */

const SUMMARY_MS = 5000;
/** Nothing is there to go on from: it is too long ago, or of a lesson that has been made anew. */
const FORGOTTEN = new Set(["unknown_session", "other_lesson"]);
/** How the server ends a session that broke off on its side: an end that nobody wanted. */
const BROKEN_OFF = "vanished";

/**
 * @typedef {{ camera: MediaStream, lesson: string, mirror: Mirror, annotated: boolean,
 *   learner: string, resume: string, video: HTMLVideoElement }} Plan  `learner`: the name to keep
 *   the result under, or ""; `resume`: the session to go on from, or ""
 * @typedef {{ problem: Problem | "session-forgotten", code?: string, detail?: string, wait_s?: number | null
 * }} Trouble
 */

/**
 * Events: `instructor`, `annotated` (detail a MediaStream), `message` (detail a ServerMessage),
 * `trouble` (detail a Trouble; everything is off by then).
 */
export class Live extends EventTarget {
  #abort = new AbortController();
  /** @type {MediaStream | null} lent to us */
  #camera = null;
  /** @type {Peer | null} */
  #peer = null;
  /** @type {ReturnType<typeof startClock> | null} */
  #clock = null;
  /** @type {ReturnType<typeof watchLiveness> | null} */
  #liveness = null;
  /** @type {(() => void)[]} what stops everything that would send */
  #stops = [];
  #reason = "";

  /** @param {string} type @param {unknown} detail */
  #emit(type, detail) {
    if (!this.#abort.signal.aborted) this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {Plan} plan */
  async begin(plan) {
    const { signal } = this.#abort;
    this.#camera = plan.camera;
    try {
      if (!("RTCPeerConnection" in window)) return this.#fail({ problem: "unsupported" });
      const { ice_servers: iceServers } = await fetchConfig();
      if (signal.aborted) return;
      this.#peer = new Peer(iceServers);
      this.#listen(this.#peer, plan.video);
      await this.#peer.connect({ ...plan, camera: this.#camera, iceServers, signal });
      if (signal.aborted) return;
      this.#talk(this.#peer);
    } catch (error) {
      const trouble = await troubleOf(error);
      if (!signal.aborted) this.#fail(trouble);
    }
  }

  /** @param {Peer} peer @param {HTMLVideoElement} video */
  #listen(peer, video) {
    const detail = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail;
    peer.addEventListener("message", (event) => this.#hear(detail(event)));
    peer.addEventListener("fault", (event) => console.warn(detail(event).message));
    peer.addEventListener("annotated", (event) => this.#emit("annotated", detail(event)));
    peer.addEventListener("closed", () => this.#hungUp());
    peer.addEventListener("instructor", (event) => {
      this.#emit("instructor", detail(event));
      if (!peer.instructor) return;
      this.#stops.push(watchPlayhead(video, peer.instructor, (message) => this.send(message)));
    });
  }

  /** @param {Peer} peer */
  #talk(peer) {
    peer.send({ type: "hello", protocol: PROTOCOL, client: "tandem-page/1" });
    const clock = startClock((message) => this.send(message));
    const liveness = watchLiveness(() => this.#fail({ problem: "connection-lost" }));
    this.#clock = clock;
    this.#liveness = liveness;
    this.#stops.push(clock.stop, liveness.stop);
    peer.addEventListener("message", liveness.heard);
  }

  /** @param {ServerMessage} message */
  #hear(message) {
    if (message.type === "pong") return this.#clock?.pong(message);
    if (message.type === "state" && message.state === "ended") {
      if (message.reason === BROKEN_OFF) return this.#fail({ problem: "connection-lost" });
      this.#reason = message.reason ?? "";
      this.#fallSilent();
      const timer = setTimeout(() => this.#hungUp(), SUMMARY_MS);
      this.#stops.push(() => clearTimeout(timer));
    }
    this.#emit("message", message);
    if (message.type === "summary") this.#close();
  }

  /** The other end went away: after `ended` that was announced, otherwise it was not. */
  #hungUp() {
    const ended = this.#peer?.silent;
    this.#fail(ended ? { problem: "server-ended", code: this.#reason } : { problem: "connection-lost" });
  }

  /** From here on nothing is sent; the summary may still come. */
  #fallSilent() {
    if (this.#peer) this.#peer.silent = true;
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Everything off. What broke off needs no word: the server keeps it, to go on from. @param {Trouble} trouble */
  #fail(trouble) {
    this.#emit("trouble", trouble);
    if (trouble.problem === "connection-lost") this.end();
    else this.abandon();
  }

  /** @param {ClientMessage} message */
  send(message) {
    this.#peer?.send(message);
  }

  /** @param {MediaStream} camera another one, for the rest of the session */
  async useCamera(camera) {
    this.#camera = camera;
    await this.#peer?.useCamera(camera);
  }

  /** After the page was away: a connection that is still there shows it at once. */
  doubt() {
    this.#liveness?.doubt();
  }

  /** Everything off, without a word. */
  end() {
    this.#abort.abort();
    this.#fallSilent();
    this.#peer?.close();
  }

  /** The learner leaves: says bye, or sends a beacon where nothing else gets through. */
  leave() {
    if (!this.#peer?.open) return this.abandon();
    this.send({ type: "bye" });
    this.#close();
  }

  /** Everything off; the server, which knows, hangs up. */
  #close() {
    this.#abort.abort();
    this.#fallSilent();
    void this.#peer?.hangUp();
  }

  /** Everything off, with a beacon for a server that may not know. */
  abandon() {
    const session = this.#peer?.session;
    if (session && !this.#abort.signal.aborted) closeSession(session);
    this.end();
  }
}

/** @param {unknown} error @returns {Promise<Trouble>} */
async function troubleOf(error) {
  if (error instanceof Unreachable) return { problem: "server-unreachable" };
  if (error instanceof NoPath) return { problem: "no-path" };
  if (!(error instanceof ApiError)) return { problem: "server-refused", detail: String(error) };
  const { status, code, detail, retryAfter_s } = error;
  if (FORGOTTEN.has(code)) return { problem: "session-forgotten" };
  if (code === "server_stopping") return { problem: "server-stopping", wait_s: retryAfter_s };
  if (code === "bad_learner") return { problem: "name-refused", code, detail };
  if (status === 404) return { problem: "lesson-gone" };
  if (status === 502 || status === 504) return { problem: "server-unreachable" }; // a proxy says so
  if (status !== 503) return { problem: "server-refused", code, detail };
  return { problem: (await isReady()) ? "server-full" : "server-warming", wait_s: retryAfter_s };
}
