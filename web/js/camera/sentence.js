// @ts-check
// The one sentence that the phone shows: what to do with it, or what goes on. Pure, but for the words.

import { words } from "../i18n/words.js";

/** @import { CameraStatus, LessonState } from "../connection/protocol.js" */
/** @import { Missing } from "./phone_session.js" */

/** @typedef {{ text: string, tone: "hint" | "alert" | "fine" }} Sentence */

/**
 * @param {{ missing: Missing, interrupted: boolean, cameras: CameraStatus | null, state: LessonState | "",
 *   framing: string[] | null, sees: boolean }} now  `interrupted`: something else has the camera; `sees`:
 *   somebody was seen a moment ago
 * @returns {Sentence}
 */
export function chooseSentence({ missing, interrupted, cameras, state, framing, sees }) {
  const { phone } = words;
  if (missing === "screen") return { text: phone.screenGone, tone: "hint" };
  if (missing) return { text: phone.reconnecting, tone: "hint" };
  if (interrupted) return { text: phone.interrupted, tone: "alert" };
  if (cameras?.phone === "refused") return { text: `${phone.refused} ${cameras.problem ?? ""}`, tone: "alert" };
  if (cameras?.source === "own") return { text: phone.resting, tone: "hint" };
  if (state === "counting") return { text: phone.starts, tone: "fine" };
  if (cameras?.phone === "slow" && state !== "playing") return { text: phone.slow, tone: "alert" };
  if (state === "playing") return { text: phone.filming, tone: "fine" };
  const problem = framing?.find((code) => Object.hasOwn(phone.stand, code));
  if (problem) return { text: phone.stand[problem], tone: "alert" };
  if (state === "paused") return { text: phone.paused, tone: "hint" };
  return framing && sees ? { text: phone.placed, tone: "fine" } : { text: phone.watching, tone: "hint" };
}
