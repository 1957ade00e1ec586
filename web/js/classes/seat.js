// @ts-check
// A place in a class, as the connection needs it: where the offer goes, and which lines it has besides.

import { joinClass, teachClass } from "./class_api.js";

/** @import { SessionAnswer } from "../api.js" */
/** @import { AttemptEvents } from "../connection/attempt_events.js" */

/** A teacher's picture is what everybody sees, so it may be larger than what scoring needs. */
const LIVE_LIMITS = { maxBitrate: 2_500_000, maxFramerate: 30 };

/**
 * @typedef {object} Seat
 * @property {string} code of the class
 * @property {string} channel of what is shown of learners: `scores` to a learner, `roster` to the teacher
 * @property {boolean} receivesLesson the lesson's video and audio come on the first lines
 * @property {boolean} hasSocket a WebSocket can take the place of WebRTC
 * @property {(offer: Record<string, unknown>, signal: AbortSignal) => Promise<SessionAnswer>} open
 * @property {(connection: RTCPeerConnection, events: AttemptEvents, signal: AbortSignal) => RTCRtpTransceiver[]} addLines
 *   adds its own lines and gives them
 */

/** @implements {Seat} */
export class LearnerSeat {
  channel = "scores";
  receivesLesson = true;
  hasSocket;

  /** @param {string} code @param {boolean} isLive there is no file that could be played without WebRTC */
  constructor(code, isLive) {
    this.code = code;
    this.hasSocket = !isLive;
  }

  /** @param {Record<string, unknown>} offer @param {AbortSignal} signal */
  open({ lesson: _, ...offer }, signal) {
    return joinClass(this.code, offer, signal);
  }

  /** The teacher's voice, besides the lesson's sound. @param {RTCPeerConnection} connection @param {AttemptEvents} events @param {AbortSignal} signal */
  addLines(connection, events, signal) {
    const voice = connection.addTransceiver("audio", { direction: "recvonly" });
    connection.addEventListener("track", ({ transceiver, track }) => {
      if (transceiver === voice) events.emit("voice", new MediaStream([track]));
    }, { signal });
    return [voice];
  }
}

/** @implements {Seat} */
export class TeacherSeat {
  channel = "roster";
  receivesLesson;
  hasSocket = false;
  /** @type {RTCRtpSender | null} */
  #voice = null;
  /** @type {RTCRtpSender | null} */
  #picture = null;
  /** @type {MediaStreamTrack | null} */
  #voiceTrack = null;
  /** @type {MediaStreamTrack | null} */
  #pictureTrack = null;

  /** @param {string} code @param {string} token of the class @param {boolean} isLive the teacher is the lesson */
  constructor(code, token, isLive) {
    this.code = code;
    this.token = token;
    this.receivesLesson = !isLive;
  }

  /** @param {Record<string, unknown>} offer @param {AbortSignal} signal */
  open({ sdp, resume }, signal) {
    const own = { sdp: String(sdp), type: /** @type {const} */ ("offer"), ...(resume ? { resume: String(resume) } : {}) };
    return teachClass(this.code, this.token, own, signal);
  }

  /** The camera of a live class, and a microphone that may be silent. @param {RTCPeerConnection} connection */
  addLines(connection) {
    const lines = [];
    if (!this.receivesLesson) {
      const line = connection.addTransceiver(this.#pictureTrack ?? "video", { direction: "sendonly", sendEncodings: [LIVE_LIMITS] });
      this.#picture = line.sender;
      lines.push(line);
    }
    const voice = connection.addTransceiver(this.#voiceTrack ?? "audio", { direction: "sendonly" });
    this.#voice = voice.sender;
    return [...lines, voice];
  }

  /** Sends another microphone from now on; null: silence. @param {MediaStreamTrack | null} track */
  setVoice(track) {
    this.#voiceTrack = track;
    void this.#voice?.replaceTrack(track).catch(() => {}); // of a connection that is closed: the next one has it
  }

  /** Sends another camera from now on. @param {MediaStreamTrack | null} track */
  setPicture(track) {
    if (track) track.contentHint = "motion";
    this.#pictureTrack = track;
    void this.#picture?.replaceTrack(track).catch(() => {}); // as above
  }
}
