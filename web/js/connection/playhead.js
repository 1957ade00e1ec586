// @ts-check
// Tells the server which instructor frame is on this screen, and when it got there.

/** @import { ClientMessage } from "./protocol.js" */

/** @typedef {VideoFrameCallbackMetadata & { rtpTimestamp?: number }} FrameMetadata */

const EVERY_MS = 95; // about ten a second, whatever the frame rate

/**
 * Reports the frames that a video shows, until the returned function is called.
 *
 * Where the browser's frame callback lacks `rtpTimestamp` (or the callback is missing) the
 * receiver's synchronization source tells the same, delivered instead of displayed.
 * @param {HTMLVideoElement} video
 * @param {RTCRtpReceiver} receiver
 * @param {(message: ClientMessage) => void} send
 * @returns {() => void}
 */
export function watchPlayhead(video, receiver, send) {
  return "requestVideoFrameCallback" in video
    ? watchFrames(video, receiver, send)
    : watchReceiver(receiver, send);
}

/** @type {typeof watchPlayhead} */
function watchFrames(video, receiver, send) {
  let reported_ms = -Infinity;
  let handle = 0;

  /** @param {number} now_ms @param {FrameMetadata} frame */
  function shown(now_ms, frame) {
    handle = video.requestVideoFrameCallback(shown);
    if (now_ms - reported_ms < EVERY_MS) return;
    reported_ms = now_ms;
    const { rtpTimestamp, expectedDisplayTime, presentedFrames } = frame;
    if (rtpTimestamp === undefined) report(receiver, presentedFrames, send);
    else send(playhead(rtpTimestamp, expectedDisplayTime, presentedFrames, "frame"));
  }
  handle = video.requestVideoFrameCallback(shown);
  return () => video.cancelVideoFrameCallback(handle);
}

/** @param {RTCRtpReceiver} receiver @param {(message: ClientMessage) => void} send */
function watchReceiver(receiver, send) {
  let reports = 0;
  const timer = setInterval(() => report(receiver, (reports += 1), send), EVERY_MS);
  return () => clearInterval(timer);
}

/**
 * @param {RTCRtpReceiver} receiver
 * @param {number} presented
 * @param {(message: ClientMessage) => void} send
 */
function report(receiver, presented, send) {
  const source = receiver.getSynchronizationSources()[0];
  if (!source) return;
  const shown_ms = source.timestamp - performance.timeOrigin;
  send(playhead(source.rtpTimestamp, shown_ms, presented, "receiver"));
}

/**
 * @param {number} rtp @param {number} shown_ms @param {number} presented @param {string} via
 * @returns {ClientMessage}
 */
const playhead = (rtp, shown_ms, presented, via) =>
  ({ type: "playhead", rtp, shown_ms, presented, via, sent_ms: performance.now() });
