// @ts-check
// What the page says, in the language that is spoken (language.js): `words.stage.pause`.
// Read it where it is shown, never when a module is loaded: another language may be chosen later.

import { en } from "./words/en.js";
import { ko } from "./words/ko.js";

/** @import { CameraProblem } from "../connection/open_camera.js" */

/**
 * @typedef {"insecure" | "unsupported" | "no-camera" | "camera-refused" | "camera-busy"
 *   | "camera-failed" | "server-full" | "server-warming" | "lesson-gone" | "server-unreachable"
 *   | "server-refused" | "server-stopping" | "name-refused" | "no-path" | "connection-lost" | "server-ended" | "no-lessons"
 * } Problem
 * @typedef {"reconnecting" | "was-away" | "nobody" | "camera-ended" | "camera-back" | CameraProblem} Interruption
 * @typedef {{ title: string, advice: string[], action: string }} Words
 * @typedef {"en" | "ko"} Language
 */

/** What each language calls itself, and the words of it. @type {Record<Language, { own: string, words: typeof en }>} */
export const LANGUAGES = { en: { own: "English", words: en }, ko: { own: "한국어", words: ko } };

export let words = en;

/** @param {Language} language */
export function speak(language) {
  words = LANGUAGES[language].words;
}

/**
 * The words at a path, for elements that name theirs: "stage.pause".
 * @param {string} path @returns {string} @throws {Error} where there is no text at that place
 */
export function wordsAt(path) {
  /** @type {unknown} */
  let at = words;
  for (const name of path.split(".")) at = /** @type {Record<string, unknown>} */ (at)?.[name];
  if (typeof at === "string") return at;
  throw new Error(`expected words at ${path}, got ${typeof at}`);
}
