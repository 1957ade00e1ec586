// @ts-check
// One session with the server. It alone owns the connection and the timers; the camera is lent to it.

import { ApiError, ServerUnreachable, closeSession, isReady } from "../api.js";
import { startClockSync } from "./clock_sync.js";
import { watchNetwork } from "./ice_restart.js";
import { watchLiveness } from "./liveness.js";
import { PeerOpener, Unsupported } from "./open_peer.js";
import { NoMediaPath } from "./peer.js";
import { reportPlayhead } from "./playhead.js";
import { PROTOCOL } from "./protocol.js";
import { NoSocket } from "./socket_peer.js";

/** @import { AttemptEvents, Failure } from "./attempt_events.js" */
/** @import { AnyPeer, OpenOptions } from "./open_peer.js" */
/** @import { PeerHandlers } from "./peer.js" */
/** @import { ClientMessage, ServerMessage, State } from "./protocol.js" */

const SUMMARY_MS = 5000;
/** A live class is judged once more at its end, one learner after the other. */
const CLASS_SUMMARY_MS = 60_000;
/** Codes for a session that cannot be resumed: it is too old, or its lesson was made again. */
const FORGOTTEN = new Set(["unknown_session", "other_lesson"]);
/** Why a class is not to be entered; what a learner can do about it stands beside its code. */
const CLASS_CODES = new Set(["unknown_class", "class_ended", "class_full", "name_taken", "too_many_misses", "class_token_needed"]);
/** The reason with which the server ends a session that it lost contact with. */
const LOST_CONTACT = "vanished";

/**
 * @typedef {OpenOptions} SessionOptions  `learner`: the name to keep the
 *   result under, or ""; `resume`: the session to resume, or ""; `video`: shows the instructor
 * @typedef {Omit<Failure, "problem"> & { problem: Failure["problem"] | "session-forgotten" }} SessionFailure
 */

export class Session {
  #events;
  #onFailure;
  #abort = new AbortController();
  /** @type {SessionOptions | null} whose camera is lent to us, and may be another one by the time it is sent */
  #options = null;
  /** @type {AnyPeer | null} */
  #peer = null;
  /** @type {ReturnType<typeof startClockSync> | null} */
  #clock = null;
  /** @type {ReturnType<typeof watchLiveness> | null} */
  #liveness = null;
  /** @type {(() => void)[]} each stops something that would send */
  #stops = [];
  #reason = "";
  #welcomed = false;
  /** @type {State | null} a server may send `ready` before `welcome` */
  #earlyReady = null;

  /**
   * @param {AttemptEvents} events for the server's messages and streams
   * @param {(failure: SessionFailure) => void} onFailure called once, as everything is switched off
   */
  constructor(events, onFailure) {
    this.#events = events;
    this.#onFailure = onFailure;
  }

  /** @param {SessionOptions} options */
  async start(options) {
    const { signal } = this.#abort;
    this.#options = { ...options };
    try {
      const opener = new PeerOpener(
        this.#events, this.#handlers(options.video), signal, (peer) => this.#onPeer(peer));
      const peer = await opener.open(this.#options);
      if (signal.aborted) return peer.close();
      this.#startTimers(peer);
    } catch (error) {
      const failure = await toFailure(error);
      if (!signal.aborted) this.#fail(failure);
    }
  }

  /** @param {AnyPeer} peer that connects from now on */
  #onPeer(peer) {
    this.#peer = peer;
    for (const stop of this.#stops.splice(0)) stop(); // of one that found no way
    if (this.#abort.signal.aborted) peer.close();
  }

  /** @param {HTMLVideoElement} video @returns {PeerHandlers} */
  #handlers(video) {
    return {
      onMessage: (message) => this.#handleMessage(message),
      onClosed: () => this.#handleClosed(),
      onInstructor: (receiver) => {
        this.#stops.push(reportPlayhead(video, receiver, (message) => this.send(message)));
      },
    };
  }

  /** @param {AnyPeer} peer */
  #startTimers(peer) {
    peer.send({ type: "hello", protocol: PROTOCOL, client: "tandem-page/1" });
    const clock = startClockSync((message) => this.send(message));
    this.#clock = clock;
    // A WebSocket has no ICE to restart: another one takes its place.
    const network = "connection" in peer
      ? watchNetwork(peer.connection, peer.session, this.#abort.signal,
        () => this.#fail({ problem: "connection-lost", wait_s: 0 }))
      : { restart: () => {}, stop: () => {} };
    this.#liveness = watchLiveness({
      onLost: () => this.#fail({ problem: "connection-lost" }),
      onDoubt: clock.ask, onSilent: network.restart, rtt_ms: clock.rtt_ms,
    });
    this.#stops.push(clock.stop, this.#liveness.stop, network.stop);
  }

  /** The only place where a message of the server enters the page. @param {ServerMessage} message */
  #handleMessage(message) {
    this.#liveness?.onMessage();
    if (message.type === "pong") return this.#clock?.onPong(message);
    if (message.type === "state" && message.state === "ready" && !this.#welcomed) {
      this.#earlyReady = message;
      return;
    }
    if (message.type === "state" && message.state === "ended") {
      if (message.reason === LOST_CONTACT) return this.#fail({ problem: "connection-lost" });
      this.#awaitSummary(message.reason ?? "");
    }
    this.#events.emitMessage(message);
    if (message.type === "welcome") {
      this.#welcomed = true;
      if (this.#earlyReady) this.#events.emitMessage(this.#earlyReady);
    }
    if (message.type === "summary") this.#hangUp();
  }

  /** @param {string} reason why the server ended it */
  #awaitSummary(reason) {
    this.#reason = reason;
    this.#stopSending();
    const timer = setTimeout(() => this.#handleClosed(), this.#options?.seat ? CLASS_SUMMARY_MS : SUMMARY_MS);
    this.#stops.push(() => clearTimeout(timer));
  }

  /** The server went away: announced if `ended` came before, otherwise not. */
  #handleClosed() {
    const ended = this.#peer?.silent;
    this.#fail(ended ? { problem: "server-ended", code: this.#reason } : { problem: "connection-lost" });
  }

  /** From here on nothing is sent; the summary may still come. */
  #stopSending() {
    if (this.#peer) this.#peer.silent = true;
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Switches everything off. The server keeps a lost session for resuming, so it is not told. @param {SessionFailure} failure */
  #fail(failure) {
    if (!this.#abort.signal.aborted) this.#onFailure(failure);
    if (failure.problem === "connection-lost") this.close();
    else this.abandon();
  }

  /** @param {ClientMessage} message */
  send(message) {
    this.#peer?.send(message);
  }

  /** @param {MediaStream} camera another one, for the rest of the session */
  async replaceCamera(camera) {
    if (this.#options) this.#options.camera = camera;
    await this.#peer?.replaceCamera(camera);
  }

  /** Fails soon unless something is received: the page was hidden, and the connection may be gone. */
  checkLiveness() {
    this.#liveness?.check();
  }

  /** Switches everything off without telling the server. */
  close() {
    this.#abort.abort();
    this.#stopSending();
    this.#peer?.close();
  }

  /** The learner leaves: sends `bye`, or a beacon where nothing else gets through. */
  leave() {
    if (!this.#peer?.open) return this.abandon();
    this.send({ type: "bye" });
    this.#hangUp();
  }

  /** Switches everything off; the server knows and closes the connection. */
  #hangUp() {
    this.#abort.abort();
    this.#stopSending();
    void this.#peer?.hangUp();
  }

  /** Switches everything off, with a beacon for a server that may not know. */
  abandon() {
    const session = this.#peer?.session;
    if (session && !this.#abort.signal.aborted) closeSession(session);
    this.close();
  }
}

/** @param {unknown} error @returns {Promise<SessionFailure>} */
async function toFailure(error) {
  if (error instanceof Unsupported) return { problem: "unsupported" };
  if (error instanceof ServerUnreachable || error instanceof NoSocket) return { problem: "server-unreachable" };
  if (error instanceof NoMediaPath) return { problem: error.relayRefused ? "relay-refused" : "no-path" };
  if (!(error instanceof ApiError)) return { problem: "server-refused", detail: String(error) };
  const { status, code, detail, retryAfter_s } = error;
  if (FORGOTTEN.has(code)) return { problem: "session-forgotten" };
  if (code === "server_stopping") return { problem: "server-stopping", wait_s: retryAfter_s };
  if (CLASS_CODES.has(code)) return { problem: "class-refused", code, detail };
  if (code === "bad_learner") return { problem: "name-refused", code, detail };
  if (status === 404) return { problem: "lesson-gone" };
  if (status === 502 || status === 504) return { problem: "server-unreachable" }; // from a proxy
  if (status !== 503 && status !== 429) return { problem: "server-refused", code, detail };
  return { problem: (await isReady()) ? "server-full" : "server-warming", wait_s: retryAfter_s };
}
