// @ts-check
// How late each camera of this device shows things, as the arms check found it. Remembered here.

import { recall, remember } from "../storage.js";

/** @param {string} camera @returns {number | null} ms; null: not known */
export function delayOf(camera) {
  const kept = Number.parseFloat(recall(`camera:${camera}`) ?? "");
  return kept >= 0 && kept <= 300 ? kept : null;
}

/** @param {string} camera @param {number} delay_ms */
export const keepDelay = (camera, delay_ms) => remember(`camera:${camera}`, String(delay_ms));

/** Nobody is asked twice. @param {string} camera */
export const wasOffered = (camera) => recall(`camera:${camera}`) !== null;

/** @param {string} camera */
export function declineOffer(camera) {
  if (!wasOffered(camera)) remember(`camera:${camera}`, "not measured");
}
