// @ts-check
// What keeps a lesson from going on, if anything does: one thing at a time, the gravest first.

import { isRunning } from "../phases.js";

/** @import { CameraState } from "../connection/webcam.js" */
/** @import { Phase } from "../phases.js" */
/** @import { Interruption } from "../i18n/words.js" */

/**
 * @param {Phase} phase
 * @param {CameraState} camera
 * @param {boolean} wasAway the page was hidden, and that is why the lesson pauses
 * @param {boolean} nobody is seen, and that is why
 * @returns {Interruption | null}
 */
export function interruptionOf(phase, camera, wasAway, nobody) {
  if (phase === "reconnecting") return "reconnecting";
  if (phase !== "ready" && !isRunning(phase)) return null;
  if (camera !== "off" && camera !== "on" && camera !== "back") return camera;
  if (phase !== "paused") return null;
  if (camera === "back") return "camera-back";
  if (wasAway) return "was-away";
  return nobody ? "nobody" : null;
}
