// @ts-check
// Opens and closes the learner's camera: one video track, no larger than scoring needs.

/** @typedef {"insecure" | "no-camera" | "camera-refused" | "camera-busy" | "camera-failed"} CameraProblem */

const CONSTRAINTS = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  // As a mirror; every second one is sent (uplink.js).
  frameRate: { ideal: 20, max: 20 },
};

/** By the name of the DOMException, see the Media Capture standard. @type {Record<string, CameraProblem>} */
const PROBLEMS = {
  NotAllowedError: "camera-refused",
  SecurityError: "camera-refused",
  NotFoundError: "no-camera",
  OverconstrainedError: "no-camera",
  NotReadableError: "camera-busy",
  AbortError: "camera-busy",
};

/** Why the camera did not open; the page has words for each `problem`. */
export class CameraError extends Error {
  /** @param {CameraProblem} problem @param {string} detail */
  constructor(problem, detail) {
    super(`the camera did not open (${problem}): ${detail}`);
    this.problem = problem;
  }
}

/**
 * Opens the camera; the browser asks for permission if it has to.
 * @param {"user" | "environment"} [facingMode] the front or the back camera, where there are both
 * @returns {Promise<MediaStream>}
 * @throws {CameraError}
 */
export async function openCamera(facingMode = "user") {
  if (!window.isSecureContext || !navigator.mediaDevices) {
    throw new CameraError("insecure", "browsers allow the camera on https and localhost only");
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...CONSTRAINTS, facingMode }, audio: false });
  } catch (error) {
    const { name, message } = /** @type {DOMException} */ (error);
    throw new CameraError(PROBLEMS[name] ?? "camera-failed", `${name}: ${message}`);
  }
}

/** Switches the camera and its light off. @param {MediaStream | null} stream */
export function closeCamera(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
