// @ts-check
// Notices a connection that died without saying so.

const LOOK_EVERY_MS = 500;
const SILENT_MS = 5000; // two pongs and some 25 scores missed
const DOUBTED_MS = 2000;
const ASLEEP_MS = 2000; // our own timer ran late: the machine slept, so give the wire a chance

/**
 * Calls `lost` once when nothing was heard for 5 s.
 * @param {() => void} lost
 */
export function watchLiveness(lost) {
  let heard_ms = performance.now();
  let looked_ms = heard_ms;
  const timer = setInterval(() => {
    const now_ms = performance.now();
    if (now_ms - looked_ms > ASLEEP_MS) heard_ms = now_ms;
    looked_ms = now_ms;
    if (now_ms - heard_ms < SILENT_MS) return;
    clearInterval(timer);
    lost();
  }, LOOK_EVERY_MS);

  return {
    heard: () => { heard_ms = performance.now(); },
    /** The page was away: if the other end is still there, it is heard within 2 s. */
    doubt: () => {
      looked_ms = performance.now();
      heard_ms = looked_ms - SILENT_MS + DOUBTED_MS;
    },
    stop: () => clearInterval(timer),
  };
}
