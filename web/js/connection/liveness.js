// @ts-check
// Notices a connection that is dead although nothing closed it.

const INTERVAL_MS = 500;
const TIMEOUT_MS = 5000; // two pongs and some 25 scores missed
const SILENT_MS = 2500; // a pong was missed: the network may have changed
const CHECK_TIMEOUT_MS = 2000;
const ASLEEP_MS = 2000; // our own timer ran late: the machine slept, so give the network a chance

/**
 * Calls `onLost` once when no message came for 5 s, and `onSilent` before that, more than once.
 * @param {() => void} onLost @param {() => void} onSilent
 */
export function watchLiveness(onLost, onSilent) {
  let message_ms = performance.now();
  let checked_ms = message_ms;
  const timer = setInterval(() => {
    const now_ms = performance.now();
    if (now_ms - checked_ms > ASLEEP_MS) message_ms = now_ms;
    checked_ms = now_ms;
    if (now_ms - message_ms >= SILENT_MS) onSilent();
    if (now_ms - message_ms < TIMEOUT_MS) return;
    clearInterval(timer);
    onLost();
  }, INTERVAL_MS);

  return {
    onMessage: () => { message_ms = performance.now(); },
    /** The page was hidden: if the server is still there, a message comes within 2 s. */
    check: () => {
      checked_ms = performance.now();
      message_ms = checked_ms - TIMEOUT_MS + CHECK_TIMEOUT_MS;
    },
    stop: () => clearInterval(timer),
  };
}
