// @ts-check
// Chooses what carries a session: WebRTC, and where that finds no way, a WebSocket.

import { closeSession, fetchConfig } from "../api.js";
import { NoMediaPath, Peer } from "./peer.js";
import { NoSocket, SocketPeer } from "./socket_peer.js";

/** @import { AttemptEvents } from "./attempt_events.js" */
/** @import { PeerHandlers, PeerOptions } from "./peer.js" */

/** Why a WebSocket is used. @typedef {"unsupported" | "no-path" | "relay-refused"} FallbackReason */
/** @typedef {Peer | SocketPeer} AnyPeer */
/** @typedef {PeerOptions & { video: HTMLVideoElement, videoUrls: string[], withoutWebRtc: boolean }} OpenOptions */

/** This browser has neither WebRTC nor what takes its place. */
export class Unsupported extends Error {}

const hasWebRtc = () => "RTCPeerConnection" in window;
const hasSocket = () => "WebSocket" in window;

export class PeerOpener {
  #events;
  #handlers;
  #signal;
  #onPeer;

  /**
   * @param {AttemptEvents} events @param {PeerHandlers} handlers @param {AbortSignal} signal
   * @param {(peer: AnyPeer) => void} onPeer is called with each peer before it connects
   */
  constructor(events, handlers, signal, onPeer) {
    this.#events = events;
    this.#handlers = handlers;
    this.#signal = signal;
    this.#onPeer = onPeer;
  }

  /**
   * Connects one or the other, and returns it.
   * @param {OpenOptions} options  `withoutWebRtc`: it found no way a moment ago
   * @returns {Promise<AnyPeer>}
   * @throws {Unsupported} @throws {NoMediaPath} neither of them gets through
   */
  async open(options) {
    if (!hasWebRtc()) {
      if (!hasSocket() || !options.camera || options.seat?.hasSocket === false) throw new Unsupported("expected RTCPeerConnection or WebSocket, got neither");
      return this.#openSocket(options, "unsupported", null);
    }
    if (options.withoutWebRtc) return this.#openSocket(options, "no-path", null);
    const { ice_servers: iceServers } = await fetchConfig();
    const peer = new Peer(iceServers, this.#events, this.#handlers, this.#signal, options.seat);
    this.#onPeer(peer);
    try {
      await peer.connect(options);
      return peer;
    } catch (error) {
      if (!(error instanceof NoMediaPath) || this.#signal.aborted || !hasSocket()) throw error;
      if (!options.camera || options.seat?.hasSocket === false) throw error; // a phone and a live class need WebRTC
      peer.close();
      // It never connected, and holds a place: the next session resumes it, and so takes that over.
      const resuming = { ...options, resume: peer.session };
      try {
        return await this.#openSocket(resuming, error.relayRefused ? "relay-refused" : "no-path", error);
      } catch (failure) {
        if (peer.session) closeSession(peer.session);
        throw failure;
      }
    }
  }

  /**
   * @param {OpenOptions} options @param {FallbackReason} reason
   * @param {NoMediaPath | null} cause what WebRTC failed with
   */
  async #openSocket(options, reason, cause) {
    const peer = new SocketPeer(this.#events, this.#handlers, this.#signal, options.video, options.videoUrls);
    this.#onPeer(peer);
    try {
      await peer.connect(options);
    } catch (error) {
      peer.close();
      throw error instanceof NoSocket && cause ? cause : error;
    }
    if (!this.#signal.aborted) this.#events.emit("fallback", reason);
    return peer;
  }
}
