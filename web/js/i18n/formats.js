// @ts-check
// Numbers and dates as the language that is spoken writes them.

import { language } from "./language.js";

/** @param {number} value @param {Intl.NumberFormatOptions} how */
const written = (value, how) => new Intl.NumberFormat(language, how).format(value);

/** "87", "1,204"; never "-0". @param {number} value */
export const whole = (value) => written(value, { maximumFractionDigits: 0, signDisplay: "negative" });

/** "93%". @param {number} part 0..1 */
export const percent = (part) => written(part, { style: "percent" });

/** "0.12". @param {number} duration_ms */
export const seconds = (duration_ms) =>
  written(duration_ms / 1000, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** "25 Nov 2026, 10:04", "" where it is not known. @param {number | null} at_s Unix time */
export const dateTime = (at_s) => at_s === null
  ? ""
  : new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(at_s * 1000);
