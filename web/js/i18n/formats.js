// @ts-check
// Numbers, dates, lengths and sizes as the current language writes them.

import { language } from "./language.js";

/** @param {number} value @param {Intl.NumberFormatOptions} options */
const format = (value, options) => new Intl.NumberFormat(language, options).format(value);

/** "87", "1,204"; never "-0". @param {number} value */
export const formatInteger = (value) => format(value, { maximumFractionDigits: 0, signDisplay: "negative" });

/** "93%". @param {number} share 0..1 */
export const formatPercent = (share) => format(share, { style: "percent" });

/** "0.12" of 120. @param {number} duration_ms */
export const formatSeconds = (duration_ms) =>
  format(duration_ms / 1000, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** "25 Nov 2026, 10:04"; "" if it is not known. @param {number | null} at_s Unix time */
export const formatDateTime = (at_s) => at_s === null
  ? ""
  : new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(at_s * 1000);

/** "0:08" of 8.2. @param {number} seconds */
export function formatClock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** @param {number} value @param {string} unit @param {"long" | "narrow" | "short"} unitDisplay @param {number} [digits] */
const formatUnit = (value, unit, unitDisplay, digits = 0) => format(value, {
  style: "unit", unit, unitDisplay, minimumFractionDigits: digits, maximumFractionDigits: digits,
});

/** "7.7s", "2:05". @param {number} s */
export const formatLength = (s) =>
  (s < 60 ? formatUnit(s, "second", "narrow", 1) : formatClock(Math.round(s)));

/** "90 seconds", "10 minutes". @param {number} s */
export const formatRoundLength = (s) => s >= 120 && s % 60 === 0
  ? formatUnit(s / 60, "minute", "long")
  : formatUnit(Math.round(s), "second", "long");

/** "4.0 MB", "48 MB". @param {number} bytes @param {number} [digits] */
export const formatSize = (bytes, digits = bytes < 1e7 ? 1 : 0) =>
  formatUnit(bytes / 1e6, "megabyte", "short", digits);

/** "25 seconds", "3 minutes"; seconds are rounded up, because nobody minds being early. @param {number} s */
export const formatTimeLeft = (s) => s < 55
  ? formatUnit(5 * Math.ceil(s / 5), "second", "long")
  : formatUnit(Math.max(1, Math.round(s / 60)), "minute", "long");
