// @ts-check
// Keeps the screen on while someone dances two metres away from it.

/** @type {Promise<WakeLockSentinel | null> | null} */
let lock = null;

/** @param {boolean} wanted */
export async function keepAwake(wanted) {
  if (wanted && !lock) {
    // Refused on low battery or in a hidden tab; the lesson goes on all the same.
    lock = navigator.wakeLock?.request("screen").catch(() => null) ?? null;
  } else if (!wanted && lock) {
    const held = lock;
    lock = null;
    (await held)?.release();
  }
}
