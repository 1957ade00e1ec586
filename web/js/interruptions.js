// @ts-check
// What keeps a lesson from going on, if anything does: one thing at a time, the gravest first.

import { isRunning } from "./session.js";

/** @import { CameraState } from "./webcam.js" */
/** @import { Phase } from "./session.js" */
/** @import { Interruption } from "./words.js" */

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
