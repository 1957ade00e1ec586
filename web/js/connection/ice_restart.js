// @ts-check
// When the network changes, ICE finds another way to the server, and the session goes on
// (RFC 8445, 9; the exchange with the server is that of WHIP: RFC 9725, 4.3.2).

import { ApiError, patchIce } from "../api.js";
import { delay, once } from "../promises.js";
import { untilGathered } from "./ice_gathering.js";
import { RestartPace } from "./restart_pace.js";

const GATHERING_MS = 500; // what comes later the server learns from our checks
const PAUSE_MS = 2000; // after a try: a restart needs some round trips
/** For the server's answer: what is sent while the network changes is lost, a slow one needs longer. */
const TIMEOUTS_MS = [700, 1500, 3000];
const RETRY_MS = 300; // after one that did not reach the server: there may be no network yet
const TRIES = 4; // in a row; more only while nothing comes from the server
const ICE_LINE = /^a=(ice-ufrag|ice-pwd|candidate|end-of-candidates)/;

/**
 * Restarts ICE when the connection or the browser says that the network has changed.
 * @param {RTCPeerConnection} connection @param {string} session id @param {AbortSignal} signal
 * @param {() => void} onGone the server does not know the session any more
 * @returns {{ restart: () => void, stop: () => void }}  `restart`: for who notices it otherwise
 */
export function watchNetwork(connection, session, signal, onGone) {
  const stopped = new AbortController();
  signal.addEventListener("abort", () => stopped.abort());
  let failed = 0; // tries in a row that did not reach the server
  let isBusy = false;
  let isRefused = false;
  /** Ends the try that does not reach the server, or the pause after it. */
  let hurry = new AbortController();
  const pace = new RestartPace(performance.now());

  async function restart() {
    if (isBusy || isRefused || stopped.signal.aborted || connection.signalingState !== "stable") return;
    const wait_ms = pace.take(performance.now());
    if (wait_ms > 0) return void setTimeout(restartBroken, wait_ms);
    isBusy = true;
    hurry = new AbortController();
    const pause_ms = await attempt(hurry.signal);
    await Promise.race([delay(pause_ms), ...(failed ? [once(hurry.signal, "abort")] : [])]);
    isBusy = false;
    if (isBroken(connection) || (failed > 0 && failed < TRIES)) void restart();
  }

  function restartBroken() {
    if (isBroken(connection)) void restart();
  }

  /** Returns after what pause to look again. @param {AbortSignal} hurried */
  async function attempt(hurried) {
    const timeout_ms = TIMEOUTS_MS[Math.min(failed, TIMEOUTS_MS.length - 1)];
    try {
      await restartIce(connection, session, eitherOf(stopped.signal, hurried), timeout_ms);
      failed = 0;
      return PAUSE_MS;
    } catch (error) {
      await rollBack(connection);
      const isAnswer = error instanceof ApiError;
      failed = isAnswer ? 0 : failed + 1;
      // A server that knows no restarts, or no such session: another connection is what helps.
      isRefused = isAnswer && error.status < 500 && error.status !== 429;
      if (isAnswer && error.code === "unknown_session") onGone();
      return isAnswer ? PAUSE_MS : RETRY_MS;
    }
  }

  /** What waits for the network before waits in vain. */
  const onChange = () => hurry.abort();

  function onOnline() {
    onChange();
    void restart();
  }

  const options = { signal: stopped.signal };
  connection.addEventListener("iceconnectionstatechange", restartBroken, options);
  window.addEventListener("online", onOnline, options);
  // It also says that the network is a little faster or slower, so it is no reason to restart.
  /** @type {{ connection?: EventTarget }} */ (navigator).connection?.addEventListener("change", onChange, options);
  return { restart: () => void restart(), stop: () => stopped.abort() };
}

/** A signal that is aborted with the first of two. @param {AbortSignal} one @param {AbortSignal} other */
function eitherOf(one, other) {
  const either = new AbortController();
  for (const signal of [one, other]) {
    if (signal.aborted) either.abort();
    signal.addEventListener("abort", () => either.abort(), { signal: either.signal });
  }
  return either.signal;
}

/** @param {RTCPeerConnection} connection */
const isBroken = ({ iceConnectionState }) =>
  iceConnectionState === "disconnected" || iceConnectionState === "failed";

/**
 * @param {RTCPeerConnection} connection @param {string} session @param {AbortSignal} signal
 * @param {number} timeout_ms
 */
async function restartIce(connection, session, signal, timeout_ms) {
  await connection.setLocalDescription(await connection.createOffer({ iceRestart: true }));
  await untilGathered(connection, GATHERING_MS);
  const offer = connection.localDescription?.sdp ?? "";
  const answer = await patchIce(session, describeIce(offer), signal, timeout_ms);
  if (connection.signalingState !== "have-local-offer") return; // closed meanwhile
  const before = connection.currentRemoteDescription?.sdp ?? "";
  await connection.setRemoteDescription({ type: "answer", sdp: replaceIce(before, answer) });
}

/** @param {RTCPeerConnection} connection */
async function rollBack(connection) {
  if (connection.signalingState !== "have-local-offer") return;
  await connection.setLocalDescription({ type: "rollback" }).catch(() => {});
}

/**
 * The SDP fragment of the transport that all sections share: its user name, password and candidates.
 * @param {string} sdp
 */
export function describeIce(sdp) {
  const [head, first = ""] = sdp.split(/(?=^m=)/m);
  const lines = first.trimEnd().split("\r\n");
  const kept = lines.filter((line) => ICE_LINE.test(line) || line.startsWith("a=mid:"));
  // A browser may write the user name and the password once for all sections.
  const shared = head.split("\r\n").filter((line) => ICE_LINE.test(line));
  const isMid = (/** @type {string} */ line) => line.startsWith("a=mid:");
  return [...shared, lines[0], ...kept.filter(isMid), ...kept.filter((line) => !isMid(line)), ""].join("\r\n");
}

/**
 * An answer as it was, with the user name, password and candidates of another ICE session.
 * @param {string} sdp @param {string} fragment
 */
export function replaceIce(sdp, fragment) {
  const lines = fragment.split(/\r?\n/);
  const named = (/** @type {string} */ name) => lines.filter((line) => line.startsWith(`a=${name}`));
  const [ufrag, password] = [named("ice-ufrag:")[0], named("ice-pwd:")[0]];
  const candidates = [...named("candidate:"), ...named("end-of-candidates")];
  const written = sdp.split("\r\n").flatMap((line) => {
    if (line.startsWith("a=ice-ufrag:")) return [ufrag];
    // The first section's transport is that of all.
    if (line.startsWith("a=ice-pwd:")) return [password, ...candidates.splice(0)];
    return ICE_LINE.test(line) ? [] : [line];
  });
  return written.join("\r\n");
}
