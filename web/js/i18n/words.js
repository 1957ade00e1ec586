// @ts-check
// The texts of the page in the current language (language.js): `words.stage.pause`.
// Read a text when it is shown, never while a module loads: the language may change later.

import { en } from "./words/en.js";
import { ko } from "./words/ko.js";

/** @import { CameraProblem } from "../connection/open_camera.js" */

/**
 * @typedef {"insecure" | "unsupported" | "no-camera" | "camera-refused" | "camera-busy"
 *   | "camera-failed" | "server-full" | "server-warming" | "lesson-gone" | "server-unreachable"
 *   | "server-refused" | "server-stopping" | "name-refused" | "no-path" | "relay-refused"
 *   | "connection-lost" | "server-ended" | "class-refused" | "no-lessons"} Problem
 * @typedef {"reconnecting" | "phone-missing" | "was-away" | "nobody" | "camera-ended" | "camera-back" | CameraProblem} Interruption
 * @typedef {{ title: string, advice: string[], action: string }} ProblemTexts
 * @typedef {"en" | "ko"} Language
 */

/** @type {Record<Language, { nativeName: string, words: typeof en }>} */
export const LANGUAGES = {
  en: { nativeName: "English", words: en }, ko: { nativeName: "한국어", words: ko },
};

export let words = en;

/** @param {Language} language */
export function setWords(language) {
  words = LANGUAGES[language].words;
}

/**
 * The text at a path, for elements that name theirs: "stage.pause".
 * @param {string} path @returns {string} @throws {Error} there is no text at that path
 */
export function textAt(path) {
  /** @type {unknown} */
  let value = words;
  for (const key of path.split(".")) value = /** @type {Record<string, unknown>} */ (value)?.[key];
  if (typeof value === "string") return value;
  throw new Error(`expected words at ${path}, got ${typeof value}`);
}
