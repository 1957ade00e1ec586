// @ts-check
// Tells the server which frame of the instructor is on this screen, and when it got there.

/** @import { ClientMessage } from "./protocol.js" */

/** @typedef {VideoFrameCallbackMetadata & { rtpTimestamp?: number }} FrameMetadata */

const INTERVAL_MS = 95; // about ten a second, whatever the frame rate
/** What is drawn for an animation frame is on the screen when the display is refreshed next. */
const REFRESH_MS = 1000 / 60;

/**
 * Reports the frames that a video shows, until the returned function is called.
 *
 * Where the browser's frame callback lacks `rtpTimestamp` (or there is no callback), the receiver's
 * synchronization source tells which frame was delivered last. The browser shows that one next, unless
 * another comes before. Only its number is used: Safari gave its time on another clock until 2026.
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
    const rtp = frame.rtpTimestamp ?? deliveredRtp(receiver);
    if (rtp === undefined) return;
    reported_ms = now_ms;
    const via = frame.rtpTimestamp === undefined ? "receiver" : "frame";
    send(playhead(rtp, frame.expectedDisplayTime, frame.presentedFrames, via));
  }
  handle = video.requestVideoFrameCallback(onFrame);
  return () => video.cancelVideoFrameCallback(handle);
}

/** @param {RTCRtpReceiver} receiver @param {(message: ClientMessage) => void} send */
function reportDelivered(receiver, send) {
  let last = deliveredRtp(receiver);
  let reported_ms = -Infinity;
  let presented = 0;
  let handle = 0;

  /** @param {number} now_ms */
  function onAnimationFrame(now_ms) {
    handle = requestAnimationFrame(onAnimationFrame);
    const rtp = deliveredRtp(receiver);
    if (rtp === undefined || rtp === last) return;
    last = rtp;
    presented += 1;
    if (now_ms - reported_ms < INTERVAL_MS) return;
    reported_ms = now_ms;
    send(playhead(rtp, now_ms + REFRESH_MS, presented, "receiver"));
  }
  handle = requestAnimationFrame(onAnimationFrame);
  return () => cancelAnimationFrame(handle);
}

/** The RTP timestamp of the last delivered frame, if the browser tells it. @param {RTCRtpReceiver} receiver */
function deliveredRtp(receiver) {
  /** @type {{ rtpTimestamp?: number } | undefined} */
  const source = receiver.getSynchronizationSources?.()[0];
  return source?.rtpTimestamp;
}

/**
 * @param {number} rtp @param {number} shown_ms @param {number} presented
 * @param {"frame" | "receiver"} via  how it is known which frame it is
 * @returns {ClientMessage}
 */
const playhead = (rtp, shown_ms, presented, via) =>
  ({ type: "playhead", rtp, shown_ms, presented, via, sent_ms: performance.now() });
