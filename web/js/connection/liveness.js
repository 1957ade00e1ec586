// @ts-check
// Notices a connection that is dead although nothing closed it, and one whose network may have changed.

const INTERVAL_MS = 200;
const TIMEOUT_MS = 5000; // two pongs and some 25 scores missed
const DOUBT_MS = 600; // three scores missed: the server may only be busy, so it is asked
const ASK_EVERY_MS = 400;
/** From the first question on, besides the fastest round trip: a lost packet is sent again by then. */
const ANSWER_MS = 700;
const CHECK_TIMEOUT_MS = 2000;
const ASLEEP_MS = 2000; // our own timer ran late: the machine slept, so give the network a chance

/**
 * @typedef {{ onLost: () => void, onDoubt: () => void, onSilent: () => void, rtt_ms: () => number }} LivenessHandlers
 *   `onLost`: once, when no message came for 5 s; `onDoubt`: whenever the server is to be asked for a pong;
 *   `onSilent`: again and again while it does not answer that; `rtt_ms`: the fastest round trip
 */

/** @param {LivenessHandlers} handlers */
export function watchLiveness({ onLost, onDoubt, onSilent, rtt_ms }) {
  let message_ms = performance.now();
  let checked_ms = message_ms;
  /** When the server was first asked since the last message, and last. @type {number | null} */
  let doubted_ms = null;
  let asked_ms = 0;

  /** @param {number} now_ms */
  function ask(now_ms) {
    doubted_ms ??= now_ms;
    if (now_ms - asked_ms >= ASK_EVERY_MS) {
      asked_ms = now_ms;
      onDoubt();
    }
    if (now_ms - doubted_ms >= ANSWER_MS + rtt_ms()) onSilent();
  }

  const timer = setInterval(() => {
    const now_ms = performance.now();
    if (now_ms - checked_ms > ASLEEP_MS) { message_ms = now_ms; doubted_ms = null; }
    checked_ms = now_ms;
    if (now_ms - message_ms >= DOUBT_MS) ask(now_ms);
    if (now_ms - message_ms < TIMEOUT_MS) return;
    clearInterval(timer);
    onLost();
  }, INTERVAL_MS);

  return {
    onMessage: () => {
      message_ms = performance.now();
      doubted_ms = null;
    },
    /** The page was hidden: if the server is still there, a message comes within 2 s. */
    check: () => {
      checked_ms = performance.now();
      message_ms = checked_ms - TIMEOUT_MS + CHECK_TIMEOUT_MS;
      doubted_ms = null;
    },
    stop: () => clearInterval(timer),
  };
}
