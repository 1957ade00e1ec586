// @ts-check
// Sentences about a class, in the current language.

import { ApiError } from "../api.js";
import { codeSentence, partName, timingText } from "../feedback/sentences.js";
import { formatClock, formatInteger, formatPercent } from "../i18n/formats.js";
import { words } from "../i18n/words.js";

/** @import { KeptClass } from "./class_api.js" */
/** @import { Recording } from "./class_messages.js" */
/** @import { CueKind } from "../i18n/words/en/classes.js" */

/** Why the server refuses something of a class. @param {string} code @param {string} [detail] of the server */
export const classProblem = (code, detail = "") => words.classes.problems[code] ?? (codeSentence(code) || detail);

/** @param {unknown} error of a request */
export const errorSentence = (error) => error instanceof ApiError
  ? classProblem(error.code, error.detail) : words.classes.problems.unreachable;

/** What the teacher says; "" for one of a list of tomorrow. @param {{ cue?: string | null, text?: string | null }} said */
export const cueSentence = ({ cue, text }) => text || (words.classes.cues[/** @type {CueKind} */ (cue)] ?? "");

/** "0:12 – 0:16" @param {number} from_s @param {number} to_s */
export const placeText = (from_s, to_s) => `${formatClock(from_s)} – ${formatClock(to_s)}`;

/** @param {number | null} score */
export const scoreText = (score) => (score === null ? words.report.unknown : formatInteger(score));

/** @param {string | null} limb */
export const limbText = (limb) => (limb === null ? words.report.unknown : partName(limb));

export { timingText };

/** Whether a class is recorded, or why not; "" if nobody asked for it. @param {Recording | null} recording */
export function recordingSentence(recording) {
  if (!recording || recording.state === "off") return "";
  const { state, why, why_code } = recording;
  if (state === "on" || state === "waiting") return words.classes.recording[state];
  return words.classes.recordingProblems[why_code ?? ""] ?? why ?? "";
}

/** What becomes of a class that was kept. @param {KeptClass} kept */
export function keptSentence({ state, progress, error, code }) {
  if (state === "failed") {
    const known = words.classes.recordingProblems[code ?? ""] ?? words.uploadErrors[code ?? ""]?.title ?? error ?? "";
    return `${words.classes.kept.failed} ${known}`;
  }
  const sentence = words.classes.kept[state];
  return state === "preparing" ? `${sentence} ${formatPercent(Math.floor(100 * progress) / 100)}` : sentence;
}
