// @ts-check
// The server's HTTP side: lessons, and opening and closing a session.

/**
 * @typedef {{ id: string, title: string, duration_s: number, width?: number, height?: number
 * }} Lesson
 * @typedef {{ protocol: number, pose_fps: number, ice_servers: RTCIceServer[] }} Config
 * @typedef {{ id: string, sdp: string, type: "answer" }} Answer
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

/** @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
async function request(path, init) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  init?.signal?.addEventListener("abort", () => patience.abort());
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...init, signal: patience.signal });
  } catch (error) {
    throw new Unreachable(`no answer from ${path}: ${error}`);
  } finally {
    clearTimeout(timer);
  }
  if (response.ok) return response.json();
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

/** Whether the server's models are warm. @returns {Promise<boolean>} */
export const isReady = () =>
  fetch("/readyz", { cache: "no-store" }).then(({ ok }) => ok, () => false);

/**
 * Opens a session with an offer.
 * @param {{ sdp: string, type: "offer", lesson: string, mirror: string, annotated: boolean,
 *   resume?: string }} offer  `resume`: the session that broke off and that this one goes on from
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
