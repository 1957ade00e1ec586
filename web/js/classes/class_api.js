// @ts-check
// The server's HTTP API for classes.

import { request, send } from "../api.js";

/** @import { Lesson, SessionAnswer } from "../api.js" */
/** @import { LessonState } from "../connection/protocol.js" */
/** @import { JobState } from "../upload/upload_api.js" */
/** @import { ClassKind, HardPassage } from "./class_messages.js" */

/**
 * @typedef {{ code: string, title: string, kind: ClassKind,
 *   lesson: Lesson | null, state: "open" | "held" | "ended",
 *   playback: LessonState, present: number, max_learners: number, admission: "open" | "ask",
 *   leaderboard: boolean, keep: boolean, opened_at: number }} ClassInfo
 * @typedef {ClassInfo & { token: string, link: string, qr_svg: string }} OpenedClass  what only its teacher has
 * @typedef {{ lesson?: string, live?: true, title?: string, max_learners: number, admission: "open" | "ask",
 *   leaderboard: boolean, keep?: boolean }} ClassWish
 * @typedef {{ learner: number, name: string, score: number | null, grade: string | null, shape: number | null,
 *   timing: number | null, energy: number | null, coverage: number | null, lag_ms: number | null,
 *   weakest: string | null }} ReportRow
 * @typedef {{ code: string, title: string, kind: ClassKind, lesson: ClassInfo["lesson"], complete: boolean, learners: ReportRow[],
 *   passages: HardPassage[], hardest: HardPassage | null,
 *   timeline: [lesson_s: number, score: number | null, of: number][],
 *   kept?: KeptClass | null }} ClassReport  `complete`: everybody's session has ended
 * @typedef {{ state: "recording" | "saving" | JobState, progress: number, lesson: string | null,
 *   error: string | null, code: string | null }} KeptClass  the lesson that a live class becomes
 */

export const MOST_LEARNERS = 60;
const JSON_TYPE = { "Content-Type": "application/json" };

/** @param {string} code @param {string} [under] */
const classUrl = (code, under = "") => `/api/classes/${encodeURIComponent(code)}${under}`;

/** Where an encoder sends a live class to (RFC 9725). @param {string} code */
export const whipUrl = (code) => classUrl(code, "/whip");

/** @param {string} token of the class */
const asTeacher = (token) => ({ Authorization: `Bearer ${token}` });

/** @param {ClassWish} wish @returns {Promise<OpenedClass>} */
export const openClass = (wish) =>
  request("/api/classes", { method: "POST", headers: JSON_TYPE, body: JSON.stringify(wish) });

/** @param {string} code @returns {Promise<ClassInfo>} */
export const fetchClass = (code) => request(classUrl(code));

/** Ends a class for everybody. @param {string} code @param {string} token @returns {Promise<null>} */
export const endClass = (code, token) => request(classUrl(code), { method: "DELETE", headers: asTeacher(token) });

/** @param {string} code @param {string} token @returns {Promise<ClassReport>} */
export const fetchClassReport = (code, token) => request(classUrl(code, "/report"), { headers: asTeacher(token) });

/** The report as a file for a spreadsheet; a link cannot carry a token. @param {string} code @param {string} token @returns {Promise<Blob>} */
export const fetchClassCsv = async (code, token) =>
  (await send(classUrl(code, "/report?format=csv"), { headers: asTeacher(token) })).blob();

/**
 * Opens a learner's session in a class.
 * @param {string} code @param {object} offer @param {AbortSignal} signal @returns {Promise<SessionAnswer>}
 */
export const joinClass = (code, offer, signal) =>
  request(classUrl(code, "/sessions"), { method: "POST", headers: JSON_TYPE, body: JSON.stringify(offer), signal });

/**
 * Opens the teacher's session.
 * @param {string} code @param {string} token @param {{ sdp: string, type: "offer", resume?: string }} offer
 * @param {AbortSignal} signal @returns {Promise<SessionAnswer>}
 */
export const teachClass = (code, token, offer, signal) =>
  request(classUrl(code, "/teacher"), {
    method: "POST", headers: { ...JSON_TYPE, ...asTeacher(token) }, body: JSON.stringify(offer), signal,
  });
