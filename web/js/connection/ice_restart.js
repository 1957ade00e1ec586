// @ts-check
// When the network changes, ICE finds another way to the server, and the session goes on
// (RFC 8445, 9; the exchange with the server is that of WHIP: RFC 9725, 4.3.2).

import { ApiError, patchIce } from "../api.js";
import { delay } from "../promises.js";
import { untilGathered } from "./ice_gathering.js";

const GATHERING_MS = 500; // what comes later the server learns from our checks
const PAUSE_MS = 2000; // after a try: a restart needs some round trips
/** For the server's answer: what is sent while the network changes is lost, a slow one needs longer. */
const [FIRST_TIMEOUT_MS, TIMEOUT_MS] = [1500, 4000];
const RETRY_MS = 500; // after one that did not reach the server: there may be no network yet
const ICE_LINE = /^a=(ice-ufrag|ice-pwd|candidate|end-of-candidates)/;

/**
 * Restarts ICE when the connection or the browser says that the network has changed.
 * @param {RTCPeerConnection} connection @param {string} session id @param {AbortSignal} signal
 * @returns {{ restart: () => void, stop: () => void }}  `restart`: for who notices it otherwise
 */
export function watchNetwork(connection, session, signal) {
  const stopped = new AbortController();
  signal.addEventListener("abort", () => stopped.abort());
  let isBusy = false;
  let timeout_ms = FIRST_TIMEOUT_MS;
  let isRefused = false;

  async function restart() {
    if (isBusy || isRefused || stopped.signal.aborted || connection.signalingState !== "stable") return;
    isBusy = true;
    let pause_ms = PAUSE_MS;
    try {
      await restartIce(connection, session, stopped.signal, timeout_ms);
      timeout_ms = FIRST_TIMEOUT_MS;
    } catch (error) {
      timeout_ms = TIMEOUT_MS;
      // A server that knows no restarts, or no such session: another connection is what helps.
      isRefused = error instanceof ApiError && error.status < 500 && error.status !== 429;
      if (!(error instanceof ApiError)) pause_ms = RETRY_MS;
      await rollBack(connection);
    }
    await delay(pause_ms);
    isBusy = false;
    if (isBroken(connection)) void restart();
  }

  const options = { signal: stopped.signal };
  connection.addEventListener("iceconnectionstatechange", () => {
    if (isBroken(connection)) void restart();
  }, options);
  window.addEventListener("online", restart, options);
  /** @type {{ connection?: EventTarget }} */ (navigator).connection?.addEventListener("change", restart, options);
  return { restart: () => void restart(), stop: () => stopped.abort() };
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
