// @ts-check
// Lets the server map this page's clock to its own: it sends pings and the best round-trip time.

/** @import { ClientMessage, Pong } from "./protocol.js" */

const FIRST_PINGS = 8;
const FIRST_INTERVAL_MS = 100;
const INTERVAL_MS = 2000;
const WINDOW_MS = 30_000;

/**
 * Sends pings, quickly at first and then one every 2 s, until stopped.
 *
 * A ping also carries the shortest round trip of the last 30 s (`rtt_ms`), because only this end knows
 * when a pong arrived, and this end's wall clock (`wall_ms`), which the browser's RTCP reports on the
 * webcam contain, too. With the last pong's two times (`t2_ms`, `t3_ms`) the server knows how far this
 * clock is from its own, and how certain that is: a phone's pictures need that. A server that does not know these fields ignores them.
 * @param {(message: ClientMessage) => void} send
 */
export function startClockSync(send) {
  let sent = 0;
  /** @type {{ at_ms: number, rtt_ms: number }[]} */
  let trips = [];
  /** When the last pong was sent and when it came. @type {{ t2_ms?: number, t3_ms?: number }} */
  let lastPong = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const best = () => Math.min(...trips.map(({ rtt_ms }) => rtt_ms));

  function ask() {
    const t0_ms = performance.now();
    trips = trips.filter(({ at_ms }) => t0_ms - at_ms < WINDOW_MS);
    const wall_ms = performance.timeOrigin + t0_ms;
    send({ type: "ping", t0_ms, wall_ms, ...(trips.length > 0 && { rtt_ms: best() }), ...lastPong });
  }

  function ping() {
    ask();
    sent += 1;
    timer = setTimeout(ping, sent < FIRST_PINGS ? FIRST_INTERVAL_MS : INTERVAL_MS);
  }
  ping();

  return {
    /** Sends one more ping, now. */
    ask,
    /** The fastest round trip of late; 0 while there was none. */
    rtt_ms: () => (trips.length > 0 ? best() : 0),
    /** @param {Pong} message */
    onPong({ t0_ms, t1_ms, t2_ms }) {
      const at_ms = performance.now();
      lastPong = { t2_ms, t3_ms: at_ms };
      trips.push({ at_ms, rtt_ms: Math.max(0, at_ms - t0_ms - (t2_ms - t1_ms)) });
    },
    stop: () => clearTimeout(timer),
  };
}
