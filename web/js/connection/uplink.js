// @ts-check
// The webcam's way up: how much of it is sent, and another camera on the same connection.

/** What a coach needs to see, and no more: what that saves is in docs/performance.md. */
const LIMITS = { maxBitrate: 400_000, maxFramerate: 15 };
const LONGEST_SIDE_PX = 640;

/**
 * Adds the camera as a line that only sends; the first line of video, as the contract has it.
 * @param {RTCPeerConnection} connection
 * @param {MediaStream} camera
 * @returns {RTCRtpSender}
 */
export function addCamera(connection, camera) {
  const [track] = camera.getVideoTracks();
  track.contentHint = "motion";
  return connection.addTransceiver(track, {
    direction: "sendonly",
    streams: [camera],
    sendEncodings: [{ ...LIMITS, scaleResolutionDownBy: shrinking(track) }],
  }).sender;
}

/**
 * Sends another camera's picture in the place of the one that ended.
 * @param {RTCRtpSender} sender
 * @param {MediaStream} camera
 */
export async function changeCamera(sender, camera) {
  const [track] = camera.getVideoTracks();
  track.contentHint = "motion";
  await sender.replaceTrack(track);
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) encoding.scaleResolutionDownBy = shrinking(track);
  await sender.setParameters(parameters);
}

/** By how much a camera's picture is too large; a camera may ignore what it was asked for. @param {MediaStreamTrack} track */
function shrinking(track) {
  const { width = 0, height = 0 } = track.getSettings();
  return Math.max(1, Math.max(width, height) / LONGEST_SIDE_PX);
}
