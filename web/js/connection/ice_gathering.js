// @ts-check
// Waits for the ICE candidates of a connection.

import { delay } from "../promises.js";

/**
 * Waits for all candidates, or for those that come in time.
 * @param {RTCPeerConnection} connection @param {number} timeout_ms
 */
export async function untilGathered(connection, timeout_ms) {
  /** @type {Promise<void>} */
  const complete = new Promise((resolve) => {
    const check = () => { if (connection.iceGatheringState === "complete") resolve(); };
    connection.addEventListener("icegatheringstatechange", check);
    check();
  });
  await Promise.race([complete, delay(timeout_ms)]);
}
