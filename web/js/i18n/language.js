// @ts-check
// The language of the page: what the learner chose, or else the first that the browser prefers.

import { readStorage, writeStorage } from "../storage.js";
import { LANGUAGES, setWords, textAt } from "./words.js";

/** @import { Language } from "./words.js" */

const KEY = "language";
/** Attributes that hold text, too: `data-i18n-title="stage.pause"` fills `title`. */
const ATTRIBUTES = ["aria-label", "title", "content"];

/** @param {string | null} tag @returns {tag is Language} */
const isLanguage = (tag) => tag !== null && Object.hasOwn(LANGUAGES, tag);

/**
 * The chosen language, else the first preferred one that the page has, else English.
 * @param {readonly string[]} preferred as `navigator.languages` @param {string | null} chosen earlier
 * @returns {Language}
 */
export function pickLanguage(preferred, chosen) {
  if (isLanguage(chosen)) return chosen;
  return preferred.map((tag) => tag.split("-")[0].toLowerCase()).find(isLanguage) ?? "en";
}

/** The current one. @type {Language} */
export let language = "en";

/** Switches words, numbers and dates, and translates what the page already shows. @param {Language} next */
export function setLanguage(next) {
  language = next;
  setWords(next);
  document.documentElement.lang = next;
  translate(document);
}

/** Sets the language that the learner chose or the browser prefers. */
export function initLanguage() {
  setLanguage(pickLanguage(navigator.languages, readStorage(KEY)));
}

/** As `setLanguage`, also for the next visit. @param {Language} next */
export function chooseLanguage(next) {
  writeStorage(KEY, next);
  setLanguage(next);
}

/** Fills the elements that name their text: `data-i18n="stage.pause"`. @param {ParentNode} root */
export function translate(root) {
  for (const element of findAll(root, "data-i18n")) element.textContent = textOf(element, "data-i18n");
  for (const name of ATTRIBUTES) {
    for (const element of findAll(root, `data-i18n-${name}`)) {
      element.setAttribute(name, textOf(element, `data-i18n-${name}`));
    }
  }
}

/** @param {ParentNode} root @param {string} attribute */
const findAll = (root, attribute) => root.querySelectorAll(`[${attribute}]`);
/** @param {Element} element @param {string} attribute */
const textOf = (element, attribute) => textAt(element.getAttribute(attribute) ?? "");
