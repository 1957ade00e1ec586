// @ts-check
// The server's HTTP side: lessons, sessions, and what is kept of learners.

/** @import { Summary } from "./connection/protocol.js" */
/** @import { Limits } from "./upload/upload_api.js" */

/**
 * @typedef {{ count: number, every_s: number, columns: number, rows: number, width: number,
 *   height: number }} Thumbnails  picture k shows the lesson at k · every_s
 * @typedef {{ id: string, title: string, duration_s: number, width?: number, height?: number,
 *   thumbnails?: Thumbnails }} Lesson
 * @typedef {"open" | "closed" | "off"} Access  to results: kept and shown, kept only, not kept
 * @typedef {{ protocol: number, pose_fps: number, ice_servers: RTCIceServer[], history?: Access,
 *   uploads?: Limits }} Config
 * @typedef {{ id: string, sdp: string, type: "answer" }} Answer
 */

/**
 * @typedef {{ id: string, learner: string | null, lesson: { id: string, title: string },
 *   started_at: number, ended_at: number | null, reason: string | null }} Kept  times: Unix seconds
 * @typedef {Kept & Pick<Summary, "score" | "shape" | "timing" | "energy" | "grade" | "coverage"
 *   | "lag_ms" | "samples" | "mirror" | "complete">} Line  what a list says of a result
 * @typedef {{ score: number | null, shape: number | null, timing: number | null,
 *   energy: number | null, since: Line }} Change  since the last result of the same lesson
 * @typedef {Kept & Summary & { change: Change | null }} Report
 * @typedef {{ learner: string, results: Line[], next: string | null }} Page  the newest first
 * @typedef {{ lesson: { id: string, title: string }, entries: (Line & { place: number })[] }} Board
 */

const PATIENCE_MS = 10_000; // a network that swallows packets never says no

/** An answer that is not a success, with the server's own code and words (RFC 9457). */
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

/** The server cannot be reached at all. */
export class Unreachable extends Error {}

/**
 * Asks the server; JSON, or null where it has nothing to say.
 * @param {string} path @param {RequestInit} [init] @param {number} [patience_ms] for an answer
 * @returns {Promise<any>}
 * @throws {ApiError} an answer that is no success
 * @throws {Unreachable} none, or it was called off
 */
export async function request(path, init, patience_ms = PATIENCE_MS) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), patience_ms);
  init?.signal?.addEventListener("abort", () => patience.abort());
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...init, signal: patience.signal });
  } catch (error) {
    throw new Unreachable(`no answer from ${path}: ${error}`);
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return response.status === 204 ? null : response.json();
  const problem = await response.json().catch(() => ({}));
  const retryAfter_s = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  throw new ApiError(
    response.status,
    problem.code ?? "",
    problem.detail ?? problem.title ?? response.statusText,
    Number.isFinite(retryAfter_s) ? retryAfter_s : null,
  );
}

/** @returns {Promise<Config>} */
export const fetchConfig = () => request("/api/config");

/** @returns {Promise<Lesson[]>} */
export async function fetchLessons() {
  const answer = await request("/api/lessons");
  return Array.isArray(answer) ? answer : answer.lessons;
}

/** @param {string} id */
export const thumbnailUrl = (id) => `/api/lessons/${encodeURIComponent(id)}/thumbnail.jpg`;

/** Small pictures of it over time, in one. @param {string} id */
export const thumbnailsUrl = (id) => `/api/lessons/${encodeURIComponent(id)}/thumbnails.jpg`;

/** Whether the server's models are warm. @returns {Promise<boolean>} */
export const isReady = () =>
  fetch("/readyz", { cache: "no-store" }).then(({ ok }) => ok, () => false);

/**
 * Opens a session with an offer.
 * @param {{ sdp: string, type: "offer", lesson: string, mirror: string, annotated: boolean,
 *   learner?: string, resume?: string }} offer  `learner`: the name to keep the result under;
 *   `resume`: the session that broke off and that this one goes on from
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
export const openSession = (offer, signal) =>
  request("/api/sessions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(offer),
    signal,
  });

/** Closes a session even while the page is being torn down. @param {string} id */
export const closeSession = (id) =>
  navigator.sendBeacon(`/api/sessions/${encodeURIComponent(id)}/close`);

/** The report of a session that this page had. @param {string} session @returns {Promise<Report>} */
export const fetchReport = (session) =>
  request(`/api/sessions/${encodeURIComponent(session)}/report`);

/** The report of a kept result. @param {string} id @returns {Promise<Report>} */
export const fetchKept = (id) => request(`/api/history/${encodeURIComponent(id)}`);

/**
 * A part of a learner's results.
 * @param {{ learner: string, lesson?: string, cursor?: string, limit?: number }} wanted
 * @returns {Promise<Page>}
 */
export const fetchHistory = ({ learner, lesson, cursor, limit }) =>
  request(`/api/history?${new URLSearchParams({
    learner, ...(lesson && { lesson }), ...(cursor && { cursor }), ...(limit && { limit: String(limit) }),
  })}`);

/** @param {string} lesson @returns {Promise<Board>} */
export const fetchLeaderboard = (lesson) =>
  request(`/api/lessons/${encodeURIComponent(lesson)}/leaderboard`);

/** @param {string} learner @param {"json" | "csv"} format */
export const exportUrl = (learner, format) =>
  `/api/learners/${encodeURIComponent(learner)}/export?format=${format}`;

/** Deletes everything that is kept under a name. @param {string} learner @returns {Promise<null>} */
export const deleteLearner = (learner) =>
  request(`/api/learners/${encodeURIComponent(learner)}`, { method: "DELETE" });
