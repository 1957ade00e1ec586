// @ts-check
// Waiting for WebRTC's events, never longer than a learner would.

const GATHERING_MS = 2000;
const CONNECTING_MS = 15000;

/** The media path did not open: a firewall, most often. */
export class NoPath extends Error {}

/** @param {number} ms @returns {Promise<void>} */
export const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {EventTarget} target @param {string} type @returns {Promise<Event>} */
export const once = (target, type) =>
  new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

/** Waits for all candidates, or for as many as come in time. @param {RTCPeerConnection} pc */
export async function gathered(pc) {
  /** @type {Promise<void>} */
  const complete = new Promise((resolve) => {
    const look = () => { if (pc.iceGatheringState === "complete") resolve(); };
    pc.addEventListener("icegatheringstatechange", look);
    look();
  });
  await Promise.race([complete, delay(GATHERING_MS)]);
}

/**
 * Waits until a channel can carry messages.
 * @param {RTCDataChannel} channel
 * @param {AbortSignal} signal
 * @throws {NoPath} when it does not open in time, or the wish to open it has gone
 */
export async function opened(channel, signal) {
  if (channel.readyState === "open") return;
  const open = await Promise.race([
    once(channel, "open").then(() => true),
    once(channel, "close").then(() => false),
    once(signal, "abort").then(() => false),
    delay(CONNECTING_MS).then(() => false),
  ]);
  if (!open) throw new NoPath(`expected the ${channel.label} channel to open in ${CONNECTING_MS} ms`);
}
