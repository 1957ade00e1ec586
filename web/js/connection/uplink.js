// @ts-check
// The camera's way to the server: how much of it is sent, and how another camera takes its place.

/** What scoring needs to see of one dancer, and no more; docs/performance.md has what this saves. */
const LIMITS = { maxBitrate: 300_000, maxFramerate: 10 };
/** Two move twice as much of the picture; docs/pose.md has what fewer bits cost them ("Several dancers"). */
const MOST_SHARES = 2;
const LONGEST_SIDE_PX = 640;

/** @param {number} dancers */
const maxBitrate = (dancers) => LIMITS.maxBitrate * Math.min(dancers, MOST_SHARES);

/**
 * Adds the camera as a media line that only sends. It has to be the first line of video.
 * @param {RTCPeerConnection} connection
 * @param {MediaStream} camera
 * @param {number} [dancers] how many it shows
 * @returns {RTCRtpSender}
 */
export function addCamera(connection, camera, dancers = 1) {
  const [track] = camera.getVideoTracks();
  track.contentHint = "motion";
  return connection.addTransceiver(track, {
    direction: "sendonly",
    streams: [camera],
    sendEncodings: [{ ...LIMITS, maxBitrate: maxBitrate(dancers), scaleResolutionDownBy: scaleDownBy(track) }],
  }).sender;
}

/**
 * Allows as many bits as so many dancers need, where their number is told later.
 * @param {RTCRtpSender} sender
 * @param {number} dancers
 */
export async function allowDancers(sender, dancers) {
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) encoding.maxBitrate = maxBitrate(dancers);
  await sender.setParameters(parameters);
}

/**
 * Sends another camera instead of the one that ended.
 * @param {RTCRtpSender} sender
 * @param {MediaStream} camera
 */
export async function changeCamera(sender, camera) {
  const [track] = camera.getVideoTracks();
  track.contentHint = "motion";
  await sender.replaceTrack(track);
  const parameters = sender.getParameters();
  for (const encoding of parameters.encodings) encoding.scaleResolutionDownBy = scaleDownBy(track);
  await sender.setParameters(parameters);
}

/** By which factor a camera's picture is too large; a camera may ignore the size it was asked for. @param {MediaStreamTrack} track */
function scaleDownBy(track) {
  const { width = 0, height = 0 } = track.getSettings();
  return Math.max(1, Math.max(width, height) / LONGEST_SIDE_PX);
}
