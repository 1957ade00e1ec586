// @ts-check
// Sentences about lessons of one's own, put together from what was measured.

import { about, lengthOf, roughly, sizeOf } from "../i18n/unit_formats.js";
import { percent } from "../i18n/formats.js";
import { minutes } from "../connection/playback_position.js";
import { words } from "../i18n/words.js";
import { MB } from "./upload_api.js";

/** @import { Posed } from "./pose_overlay.js" */
/** @import { Job, Limits } from "./upload_api.js" */

const SOON_S = 4;

/** Told before a video is chosen. @param {Limits} limits */
export const limitWords = ({ max_mb, max_s }) =>
  words.adding.limits(sizeOf(max_mb * MB, 0), roughly(max_s));

/** @param {number} bytes @param {Limits} limits */
export const tooLargeWords = (bytes, { max_mb }) =>
  words.adding.tooLarge(sizeOf(bytes), sizeOf(max_mb * MB, 0));

/** @param {number} length_s @param {Limits} limits */
export const tooLongWords = (length_s, { max_s }) =>
  words.adding.tooLong(lengthOf(length_s), roughly(max_s));

/** @param {number} length_s of the part @param {number} whole_s */
export const partWords = (length_s, whole_s) => length_s < whole_s
  ? words.adding.doneOf(lengthOf(length_s), lengthOf(whole_s))
  : words.adding.allOfIt(lengthOf(whole_s));

/** How far the sending, or a part of the preparation is. @param {Job} job */
export function doneWords({ step, done, of }) {
  if (done === null) return "";
  if (step === "upload") return of ? words.adding.doneOf(sizeOf(done), sizeOf(of)) : sizeOf(done);
  return of ? percent(Math.floor((100 * done) / of) / 100) : "";
}

/** @param {number | null} eta_s */
export function leftWords(eta_s) {
  if (eta_s === null) return "";
  return eta_s < SOON_S ? words.adding.soon : words.adding.left(about(eta_s));
}

/** In how much of a lesson somebody is found, and where not. @param {Posed} posed */
export function foundWords({ found, samples, gap }) {
  if (found === samples) return words.adding.foundAll;
  const share = words.adding.found(percent(Math.floor((100 * found) / Math.max(1, samples)) / 100));
  return gap ? `${share} ${words.adding.gap(minutes(gap[0]), minutes(Math.ceil(gap[1])))}` : share;
}

/** Title and sentences for a refusal, by the server's code. @param {string} code */
export const refusalOf = (code) => words.uploadTrouble[code] ?? words.uploadTrouble.other;
