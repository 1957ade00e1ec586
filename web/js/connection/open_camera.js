// @ts-check
// The learner's camera: one video track, small enough for a coach.

/** @typedef {"insecure" | "no-camera" | "camera-refused" | "camera-busy" | "camera-failed"} CameraProblem */

const WANTED = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 15, max: 15 },
  facingMode: "user",
};

/** @type {Record<string, CameraProblem>} names of DOMException, see the Media Capture standard */
const PROBLEMS = {
  NotAllowedError: "camera-refused",
  SecurityError: "camera-refused",
  NotFoundError: "no-camera",
  OverconstrainedError: "no-camera",
  NotReadableError: "camera-busy",
  AbortError: "camera-busy",
};

/** Why the camera did not open; `problem` is one that the page has words for. */
export class CameraError extends Error {
  /** @param {CameraProblem} problem @param {string} detail */
  constructor(problem, detail) {
    super(`the camera did not open (${problem}): ${detail}`);
    this.problem = problem;
  }
}

/**
 * Opens the camera, asking for permission where that is still needed.
 * @returns {Promise<MediaStream>}
 * @throws {CameraError}
 */
export async function openCamera() {
  if (!window.isSecureContext || !navigator.mediaDevices) {
    throw new CameraError("insecure", "browsers give the camera to https and localhost only");
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
  } catch (error) {
    const { name, message } = /** @type {DOMException} */ (error);
    throw new CameraError(PROBLEMS[name] ?? "camera-failed", `${name}: ${message}`);
  }
}

/** Turns the camera, and its light, off. @param {MediaStream | null} stream */
export function closeCamera(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
