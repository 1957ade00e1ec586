// @ts-check
// The server's HTTP side of adding lessons: sending, following a job, cutting, naming, removing.

import { request } from "../api.js";
import { recallForNow, rememberForNow } from "../storage.js";

/** @import { Lesson } from "../api.js" */

/**
 * @typedef {{ allowed: boolean, why_not: string | null, why_code?: "off" | "no_token" | null,
 *   needs_token: boolean, max_mb: number, max_s: number }} Limits  of what may be sent
 * @typedef {"uploading" | "waiting" | "preparing" | "ready" | "failed" | "cancelled"} JobState
 * @typedef {{ id: string, state: JobState, step: string | null, done: number | null,
 *   of: number | null, progress: number, eta_s: number | null, ahead: number, lesson: string,
 *   title: string, error: string | null, code: string | null }} Job  see docs/protocol.md
 * @typedef {{ from_s: number | null, to_s: number | null }} Stretch  null: the video's own end
 * @typedef {{ title: string, part: Stretch, job: string }} Wish  `job`: the id that it is to have
 * @typedef {(number | null)[]} Keypoint  x, y in pixels, score
 * @typedef {{ fps: number, width: number, height: number,
 *   samples: { t_s: number, people: { keypoints: Keypoint[] }[] }[] }} Poses
 */

export const MB = 1_000_000;
/** An answer comes when all of the video is there, and that takes what it takes. */
const NO_END_MS = 2 ** 31 - 1;

/** @param {string} id */
const lessonUrl = (id) => `/api/lessons/${encodeURIComponent(id)}`;

/** The video as it was sent, or cut. @param {string} id */
export const videoUrl = (id) => `${lessonUrl(id)}/video`;

/** @param {string} id @returns {Promise<Lesson>} */
export const fetchLesson = (id) => request(lessonUrl(id));

/** @param {string} id @returns {Promise<Poses>} */
export const fetchPoses = (id) => request(`${lessonUrl(id)}/poses.json`);

/** @param {string} id @returns {Promise<Job>} */
export const fetchJob = (id) => request(`/api/jobs/${encodeURIComponent(id)}`);

/** Changes lessons; shows the server's token, where it wants one, for as long as the tab is open. */
export class Workshop {
  #token = recallForNow("token") ?? "";

  get token() {
    return this.#token;
  }

  set token(token) {
    this.#token = token;
    rememberForNow("token", token);
  }

  /** @param {RequestInit} init @returns {RequestInit} */
  #shown(init) {
    const headers = new Headers(init.headers);
    if (this.#token) headers.set("Authorization", `Bearer ${this.#token}`);
    return { ...init, headers };
  }

  /**
   * Sends a whole video; the job can be followed meanwhile.
   * @param {File} file @param {Wish} wish @param {AbortSignal} signal
   * @returns {Promise<Job>} once all of it is there
   */
  send(file, wish, signal) {
    const type = { "Content-Type": file.type || "application/octet-stream" };
    return this.#post({ name: file.name }, wish, { body: file, headers: type, signal });
  }

  /**
   * Makes another lesson of a part of one; that one stays.
   * @param {string} lesson @param {Wish} wish @param {AbortSignal} signal @returns {Promise<Job>}
   */
  cut(lesson, wish, signal) {
    return this.#post({ of: lesson }, wish, { signal });
  }

  /** @param {Record<string, string>} what @param {Wish} wish @param {RequestInit} init */
  #post(what, { title, job, part: { from_s, to_s } }, init) {
    const query = new URLSearchParams({
      ...what, title, job,
      ...(from_s !== null && { from_s: String(from_s) }), ...(to_s !== null && { to_s: String(to_s) }),
    });
    return request(`/api/lessons?${query}`, this.#shown({ ...init, method: "POST" }), NO_END_MS);
  }

  /** Calls a job off; resolves when nothing is left of it. @param {string} job */
  cancel(job) {
    return request(`/api/jobs/${encodeURIComponent(job)}`, this.#shown({ method: "DELETE" }));
  }

  /** @param {string} lesson @param {string} title @returns {Promise<Lesson>} */
  rename(lesson, title) {
    return request(lessonUrl(lesson), this.#shown({
      method: "PATCH", body: JSON.stringify({ title }), headers: { "Content-Type": "application/json" },
    }));
  }

  /** @param {string} lesson */
  remove(lesson) {
    return request(lessonUrl(lesson), this.#shown({ method: "DELETE" }));
  }
}
