// @ts-check
// Sentences about uploads: limits, progress, the poses that were found, errors.

import { ApiError } from "../api.js";
import { formatClock, formatLength, formatPercent, formatRoundLength, formatSize, formatTimeLeft } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { MB } from "./upload_api.js";

/** @import { LessonPoses } from "./pose_overlay.js" */
/** @import { UploadError } from "./upload.js" */
/** @import { Job, UploadLimits } from "./upload_api.js" */

const SOON_S = 4;

/** Shown before a video is chosen. @param {UploadLimits} limits */
export const limitsSentence = ({ max_mb, max_s }) =>
  words.upload.limits(formatSize(max_mb * MB, 0), formatRoundLength(max_s));

/** @param {number} bytes @param {UploadLimits} limits */
export const tooLargeSentence = (bytes, { max_mb }) =>
  words.upload.tooLarge(formatSize(bytes), formatSize(max_mb * MB, 0));

/** @param {number} length_s @param {UploadLimits} limits */
export const tooLongSentence = (length_s, { max_s }) =>
  words.upload.tooLong(formatLength(length_s), formatRoundLength(max_s));

/** @param {number} length_s of the part @param {number} whole_s */
export const partLengthText = (length_s, whole_s) => length_s < whole_s
  ? words.upload.doneOf(formatLength(length_s), formatLength(whole_s))
  : words.upload.wholeVideo(formatLength(whole_s));

/** How far the current step of a job is. @param {Job} job */
export function progressText({ step, done, of }) {
  if (done === null) return "";
  if (step === "upload") return of ? words.upload.doneOf(formatSize(done), formatSize(of)) : formatSize(done);
  return of ? formatPercent(Math.floor((100 * done) / of) / 100) : "";
}

/** @param {number | null} eta_s */
export function timeLeftText(eta_s) {
  if (eta_s === null) return "";
  return eta_s < SOON_S ? words.upload.soon : words.upload.left(formatTimeLeft(eta_s));
}

/** In how much of a lesson somebody was found, and where nobody was. @param {LessonPoses} poses */
export function foundSentence({ found, samples, gap }) {
  if (found === samples) return words.upload.foundAll;
  const share = Math.floor((100 * found) / Math.max(1, samples)) / 100;
  const sentence = words.upload.found(formatPercent(share));
  if (!gap) return sentence;
  return `${sentence} ${words.upload.gap(formatClock(gap[0]), formatClock(Math.ceil(gap[1])))}`;
}

/** @param {unknown} error of a request @returns {UploadError} */
export const toUploadError = (error) =>
  error instanceof ApiError ? { code: error.code, detail: error.detail } : { code: "unreachable", detail: "" };

/** Title and advice by the code of an error. @param {string} code */
export const uploadErrorTexts = (code) => words.uploadErrors[code] ?? words.uploadErrors.other;

/** An error of a request in one line. @param {unknown} error */
export function uploadErrorSentence(error) {
  const { code, detail } = toUploadError(error);
  const { title, advice } = uploadErrorTexts(code);
  return detail ? `${title}. ${detail}` : `${title}. ${advice.join(" ")}`;
}
