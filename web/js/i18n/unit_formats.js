// @ts-check
// Lengths and sizes of videos, as the language that is spoken writes them.

import { language } from "./language.js";
import { minutes } from "../connection/playback_position.js";

/** @param {number} value @param {string} unit @param {"long" | "narrow" | "short"} unitDisplay @param {number} [digits] */
const amount = (value, unit, unitDisplay, digits = 0) => new Intl.NumberFormat(language, {
  style: "unit", unit, unitDisplay, minimumFractionDigits: digits, maximumFractionDigits: digits,
}).format(value);

/** "7.7s", "2:05". @param {number} s */
export const lengthOf = (s) => (s < 60 ? amount(s, "second", "narrow", 1) : minutes(Math.round(s)));

/** "90 seconds", "10 minutes". @param {number} s */
export const roughly = (s) =>
  s >= 120 && s % 60 === 0 ? amount(s / 60, "minute", "long") : amount(Math.round(s), "second", "long");

/** "4.0 MB", "48 MB". @param {number} bytes @param {number} [digits] */
export const sizeOf = (bytes, digits = bytes < 1e7 ? 1 : 0) => amount(bytes / 1e6, "megabyte", "short", digits);

/** Rounded up, as nobody minds being early: "25 seconds", "3 minutes". @param {number} s */
export const about = (s) =>
  s < 55 ? amount(5 * Math.ceil(s / 5), "second", "long") : amount(Math.max(1, Math.round(s / 60)), "minute", "long");
