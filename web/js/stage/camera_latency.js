// @ts-check
// The latency of each camera of this device, as the camera check measured it. The browser stores it.

import { readStorage, writeStorage } from "../storage.js";

/** @param {string} camera @returns {number | null} ms; null: not known */
export function storedLatency(camera) {
  const latency_ms = Number.parseFloat(readStorage(`camera:${camera}`) ?? "");
  return latency_ms >= 0 && latency_ms <= 300 ? latency_ms : null;
}

/** @param {string} camera @param {number} latency_ms */
export const storeLatency = (camera, latency_ms) => writeStorage(`camera:${camera}`, String(latency_ms));

/** The check is offered once for each camera. @param {string} camera */
export const wasCheckOffered = (camera) => readStorage(`camera:${camera}`) !== null;

/** @param {string} camera */
export function storeCheckOffered(camera) {
  if (!wasCheckOffered(camera)) writeStorage(`camera:${camera}`, "not measured");
}
