// @ts-check
// What keeps a lesson from going on, if anything: one reason at a time, the most serious first.

import { isRunning } from "../phases.js";

/** @import { CameraState } from "../connection/webcam.js" */
/** @import { Interruption } from "../i18n/words.js" */
/** @import { Phase } from "../phases.js" */

/**
 * @param {Phase} phase
 * @param {CameraState} camera
 * @param {boolean} phoneIsMissing the server waits until the phone shows somebody
 * @param {boolean} wasHidden the lesson is paused because the page was hidden
 * @param {boolean} nobodyInView the lesson is paused because nobody is in view
 * @returns {Interruption | null}
 */
export function findInterruption(phase, camera, phoneIsMissing, wasHidden, nobodyInView) {
  if (phase === "reconnecting") return "reconnecting";
  if (phase !== "ready" && !isRunning(phase)) return null;
  if (camera !== "off" && camera !== "on" && camera !== "back") return camera;
  if (phase !== "paused") return null;
  if (phoneIsMissing) return "phone-missing";
  if (camera === "back") return "camera-back";
  if (wasHidden) return "was-away";
  return nobodyInView ? "nobody" : null;
}
