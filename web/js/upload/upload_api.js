// @ts-check
// The server's HTTP API for lessons of one's own: send, follow a job, cut, rename, delete.

import { getToken, setToken } from "../access_token.js";
import { request } from "../api.js";

/** @import { Lesson } from "../api.js" */

/**
 * @typedef {{ allowed: boolean, why_not: string | null, why_code?: "off" | "no_token" | null,
 *   needs_token: boolean, max_mb: number, max_s: number }} UploadLimits
 * @typedef {"uploading" | "waiting" | "preparing" | "ready" | "failed" | "cancelled"} JobState
 * @typedef {{ id: string, state: JobState, step: string | null, done: number | null,
 *   of: number | null, progress: number, eta_s: number | null, ahead: number, lesson: string,
 *   title: string, error: string | null, code: string | null }} Job  see docs/protocol.md
 * @typedef {{ from_s: number | null, to_s: number | null }} VideoPart  null: the video's own end
 * @typedef {{ title: string, part: VideoPart, job: string }} UploadRequest  `job`: the id that the job gets
 * @typedef {(number | null)[]} Keypoint  x, y in pixels, confidence
 * @typedef {{ fps: number, width: number, height: number,
 *   samples: { t_s: number, people: { keypoints: Keypoint[] }[] }[] }} PoseTrack
 */

export const MB = 1_000_000;
/** The answer comes after the whole video was sent, which may take any time. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** @param {string} id */
const lessonUrl = (id) => `/api/lessons/${encodeURIComponent(id)}`;

/** @param {string} id @returns {Promise<Lesson>} */
export const fetchLesson = (id) => request(lessonUrl(id));

/** @param {string} id @returns {Promise<PoseTrack>} */
export const fetchPoses = (id) => request(`${lessonUrl(id)}/poses.json`);

/** @param {string} id @returns {Promise<Job>} */
export const fetchJob = (id) => request(`/api/jobs/${encodeURIComponent(id)}`);

/** The requests that change lessons. */
export class UploadApi {
  get token() {
    return getToken();
  }

  set token(token) {
    setToken(token);
  }

  /**
   * Sends a whole video; the job can be followed meanwhile.
   * @param {File} file @param {UploadRequest} upload @param {AbortSignal} signal
   * @returns {Promise<Job>} when the server has all of it
   */
  send(file, upload, signal) {
    const type = { "Content-Type": file.type || "application/octet-stream" };
    return this.#post({ name: file.name }, upload, { body: file, headers: type, signal });
  }

  /**
   * Makes a new lesson of a part of another one, which stays.
   * @param {string} lesson @param {UploadRequest} upload @param {AbortSignal} signal @returns {Promise<Job>}
   */
  cut(lesson, upload, signal) {
    return this.#post({ of: lesson }, upload, { signal });
  }

  /** @param {Record<string, string>} source @param {UploadRequest} upload @param {RequestInit} init */
  #post(source, { title, job, part: { from_s, to_s } }, init) {
    const query = new URLSearchParams({
      ...source, title, job,
      ...(from_s !== null && { from_s: String(from_s) }), ...(to_s !== null && { to_s: String(to_s) }),
    });
    return request(`/api/lessons?${query}`, { ...init, method: "POST" }, NO_TIMEOUT_MS);
  }

  /** Cancels a job; resolves when the server has removed all of it. @param {string} job */
  cancel(job) {
    return request(`/api/jobs/${encodeURIComponent(job)}`, { method: "DELETE" });
  }

  /** @param {string} lesson @param {string} title @returns {Promise<Lesson>} */
  rename(lesson, title) {
    return request(lessonUrl(lesson), {
      method: "PATCH", body: JSON.stringify({ title }), headers: { "Content-Type": "application/json" },
    });
  }

  /** @param {string} lesson */
  remove(lesson) {
    return request(lessonUrl(lesson), { method: "DELETE" });
  }
}
