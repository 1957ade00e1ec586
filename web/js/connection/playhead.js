// @ts-check
// Tells the server which frame of the instructor is on this screen, and when it got there.

/** @import { ClientMessage } from "./protocol.js" */

/** @typedef {VideoFrameCallbackMetadata & { rtpTimestamp?: number }} FrameMetadata */

const INTERVAL_MS = 95; // about ten a second, whatever the frame rate

/**
 * Reports the frames that a video shows, until the returned function is called.
 *
 * If the browser's frame callback lacks `rtpTimestamp` (or there is no callback), the receiver's
 * synchronization source tells which frame was delivered instead of which one is displayed.
 * @param {HTMLVideoElement} video
 * @param {RTCRtpReceiver} receiver
 * @param {(message: ClientMessage) => void} send
 * @returns {() => void}
 */
export function reportPlayhead(video, receiver, send) {
  return "requestVideoFrameCallback" in video
    ? reportDisplayed(video, receiver, send)
    : reportDelivered(receiver, send);
}

/** @type {typeof reportPlayhead} */
function reportDisplayed(video, receiver, send) {
  let reported_ms = -Infinity;
  let handle = 0;

  /** @param {number} now_ms @param {FrameMetadata} frame */
  function onFrame(now_ms, frame) {
    handle = video.requestVideoFrameCallback(onFrame);
    if (now_ms - reported_ms < INTERVAL_MS) return;
    reported_ms = now_ms;
    const { rtpTimestamp, expectedDisplayTime, presentedFrames } = frame;
    if (rtpTimestamp === undefined) sendDelivered(receiver, presentedFrames, send);
    else send(playhead(rtpTimestamp, expectedDisplayTime, presentedFrames, "frame"));
  }
  handle = video.requestVideoFrameCallback(onFrame);
  return () => video.cancelVideoFrameCallback(handle);
}

/** @param {RTCRtpReceiver} receiver @param {(message: ClientMessage) => void} send */
function reportDelivered(receiver, send) {
  let reports = 0;
  const timer = setInterval(() => sendDelivered(receiver, (reports += 1), send), INTERVAL_MS);
  return () => clearInterval(timer);
}

/**
 * @param {RTCRtpReceiver} receiver
 * @param {number} presented
 * @param {(message: ClientMessage) => void} send
 */
function sendDelivered(receiver, presented, send) {
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
