// @ts-check
// The server's HTTP API for lessons, sessions and stored results.

import { authorized } from "./access_token.js";

/** @import { Seat } from "./classes/seat.js" */
/** @import { Summary } from "./connection/protocol.js" */
/** @import { Access } from "./invitations/invitation_api.js" */
/** @import { UploadLimits } from "./upload/upload_api.js" */

/**
 * @typedef {{ count: number, every_s: number, columns: number, rows: number, width: number,
 *   height: number }} Thumbnails  thumbnail k shows the lesson at k · every_s
 * @typedef {{ type: string, url: string }} LessonVideo  a form of the lesson's video and its media type
 * @typedef {{ id: string, title: string, duration_s: number, width?: number, height?: number,
 *   thumbnails?: Thumbnails, videos?: LessonVideo[],
 *   instructors?: { x: number }[] }} Lesson  `x`: where each stands, 0..1 from the left
 * @typedef {"open" | "closed" | "off"} HistoryAccess  results are stored and shown; stored only; not stored
 * @typedef {{ protocol: number, pose_fps: number, ice_servers: RTCIceServer[], history?: HistoryAccess,
 *   uploads?: UploadLimits, access?: "local" | "token" | "invitation" | "none" | "invite",
 *   invitation?: Access | null, classes?: string[] }} ServerConfig  `classes`: their kinds, none: there are none;
 *   `access` "invite": without an invitation there is nothing else
 * @typedef {{ id: string, sdp: string, type: "answer" }} SessionAnswer
 */

/**
 * @typedef {{ id: string, learner: string | null, lesson: { id: string, title: string },
 *   started_at: number, ended_at: number | null, reason: string | null }} StoredResult  times: Unix seconds
 * @typedef {StoredResult & Pick<Summary, "score" | "shape" | "timing" | "energy" | "grade" | "coverage"
 *   | "lag_ms" | "samples" | "mirror" | "complete">} ResultRow  a result in a list
 * @typedef {{ score: number | null, shape: number | null, timing: number | null,
 *   energy: number | null, since: ResultRow }} ScoreChange  since the last result of the same lesson
 * @typedef {StoredResult & Summary & { change: ScoreChange | null }} Report
 * @typedef {{ learner: string, results: ResultRow[], next: string | null }} ResultPage  the newest first
 * @typedef {{ lesson: { id: string, title: string }, entries: (ResultRow & { place: number })[] }} Leaderboard
 */

const TIMEOUT_MS = 10_000; // a network that drops packets never reports an error

/** An answer that is not a success, with the server's code and sentence (RFC 9457). */
export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {string} detail @param {number | null} retryAfter_s */
  constructor(status, code, detail, retryAfter_s) {
    super(`the server answered ${status}: ${detail}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.retryAfter_s = retryAfter_s;
  }
}

/** The server did not answer. */
export class ServerUnreachable extends Error {}

/**
 * Sends a request; resolves with the JSON of the answer, or null if it is empty.
 * @param {string} path @param {RequestInit} [init] @param {number} [timeout_ms] for the answer
 * @returns {Promise<any>}
 * @throws {ApiError} the answer is not a success
 * @throws {ServerUnreachable} there is no answer, or the request was aborted
 */
export async function request(path, init, timeout_ms = TIMEOUT_MS) {
  const response = await send(path, init, timeout_ms);
  return response.status === 204 ? null : response.json();
}

/**
 * Sends a request with the server's token, if it was given; resolves with a successful answer.
 * @param {string} path @param {RequestInit} [init] @param {number} [timeout_ms] for the answer
 * @returns {Promise<Response>}
 * @throws {ApiError} the answer is not a success
 * @throws {ServerUnreachable} there is no answer, or the request was aborted
 */
export async function send(path, init, timeout_ms = TIMEOUT_MS) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeout_ms);
  init?.signal?.addEventListener("abort", () => abort.abort());
  let response;
  try {
    const headers = authorized(init?.headers);
    response = await fetch(path, { cache: "no-store", ...init, headers, signal: abort.signal });
  } catch (error) {
    throw new ServerUnreachable(`no answer from ${path}: ${error}`);
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const retryAfter_s = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  throw new ApiError(
    response.status,
    problem.code ?? "",
    problem.detail ?? problem.title ?? response.statusText,
    Number.isFinite(retryAfter_s) ? retryAfter_s : null,
  );
}

/** @returns {Promise<ServerConfig>} */
export const fetchConfig = () => request("/api/config");

/** @returns {Promise<Lesson[]>} */
export async function fetchLessons() {
  const answer = await request("/api/lessons");
  return Array.isArray(answer) ? answer : answer.lessons;
}

/** @param {string} id */
export const thumbnailUrl = (id) => `/api/lessons/${encodeURIComponent(id)}/thumbnail.jpg`;

/** One image with all thumbnails of a lesson. @param {string} id */
export const thumbnailsUrl = (id) => `/api/lessons/${encodeURIComponent(id)}/thumbnails.jpg`;

/** Whether the server has loaded its models. @returns {Promise<boolean>} */
export const isReady = () =>
  fetch("/readyz", { cache: "no-store" }).then(({ ok }) => ok, () => false);

/**
 * Opens a session with an offer.
 * @param {{ sdp: string, type: "offer", lesson: string, mirror: string, annotated: boolean,
 *   screen_only: boolean, learner?: string, resume?: string, dancers?: number,
 *   learners?: (string | null)[], instructors?: number[] }} offer  `learner`: the name to store the result under;
 *   `resume`: the lost session that this one resumes
 * @param {AbortSignal} signal
 * @returns {Promise<SessionAnswer>}
 */
export const openSession = (offer, signal) =>
  request("/api/sessions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(offer),
    signal,
  });

/**
 * What lets one phone become the camera of a session.
 * @typedef {{ code: string, url: string, expires_s: number, qr_svg: string }} Pairing
 */

/** Asks for a code with which a phone becomes the camera. @param {string} session @returns {Promise<Pairing>} */
export const openPairing = (session) =>
  request(`/api/sessions/${encodeURIComponent(session)}/pairings`, { method: "POST" });

/**
 * Offers a phone's camera.
 * @param {{ sdp: string, type: "offer", pairing?: string, camera?: string }} offer  `camera`: the id of
 *   this phone, which was the camera before
 * @returns {Promise<SessionAnswer>}
 */
export const openCameraSession = (offer) =>
  request("/api/cameras", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(offer),
  });

/**
 * The address of a session without WebRTC; what the learner wishes is in its query.
 * @param {{ lesson: string, mirror: string, annotated: boolean, learner: string, resume: string,
 *   dancers?: number, learners?: (string | null)[], instructors?: number[], seat?: Seat | null }} wishes
 * @returns {string}
 */
export function socketUrl({
  lesson, mirror, annotated, learner, resume, dancers, learners, instructors, seat,
}) {
  const url = new URL(seat ? `/api/classes/${seat.code}/sessions/ws` : "/api/sessions/ws", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = String(new URLSearchParams({
    ...(!seat && { lesson }), mirror, annotated: String(annotated), ...(learner && { learner }), ...(resume && { resume }),
    ...(dancers && { dancers: String(dancers), learners: JSON.stringify(learners ?? []) }),
    ...(instructors && { instructors: instructors.join(",") }),
  }));
  return url.href;
}

/**
 * Restarts ICE in a session; resolves with the server's SDP fragment.
 * @param {string} id @param {string} fragment ours @param {AbortSignal} signal
 * @param {number} timeout_ms for the answer
 * @returns {Promise<string>}
 */
export async function patchIce(id, fragment, signal, timeout_ms) {
  const response = await send(`/api/sessions/${encodeURIComponent(id)}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*" },
    body: fragment,
    signal,
  }, timeout_ms);
  return response.text();
}

/** Closes a session, even while the page is being closed. @param {string} id */
export const closeSession = (id) =>
  navigator.sendBeacon(`/api/sessions/${encodeURIComponent(id)}/close`);

/** The report of a session of this page. @param {string} session @returns {Promise<Report>} */
export const fetchSessionReport = (session) =>
  request(`/api/sessions/${encodeURIComponent(session)}/report`);

/** The report of a stored result. @param {string} id @returns {Promise<Report>} */
export const fetchStoredReport = (id) => request(`/api/history/${encodeURIComponent(id)}`);

/**
 * One page of a learner's results.
 * @param {{ learner: string, lesson?: string, cursor?: string, limit?: number }} query
 * @returns {Promise<ResultPage>}
 */
export const fetchHistory = ({ learner, lesson, cursor, limit }) =>
  request(`/api/history?${new URLSearchParams({
    learner, ...(lesson && { lesson }), ...(cursor && { cursor }), ...(limit && { limit: String(limit) }),
  })}`);

/** @param {string} lesson @returns {Promise<Leaderboard>} */
export const fetchLeaderboard = (lesson) =>
  request(`/api/lessons/${encodeURIComponent(lesson)}/leaderboard`);

/** @param {string} learner @param {"json" | "csv"} format */
export const exportUrl = (learner, format) =>
  `/api/learners/${encodeURIComponent(learner)}/export?format=${format}`;

/**
 * Fetches everything that is stored under a name, as a file. A link cannot carry a token.
 * @param {string} learner @param {"json" | "csv"} format @returns {Promise<Blob>}
 */
export const fetchExport = async (learner, format) => (await send(exportUrl(learner, format))).blob();

/** Deletes everything that is stored under a name. @param {string} learner @returns {Promise<null>} */
export const deleteLearner = (learner) =>
  request(`/api/learners/${encodeURIComponent(learner)}`, { method: "DELETE" });
