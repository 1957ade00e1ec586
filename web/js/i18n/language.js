// @ts-check
// Which language the page speaks: the learner's choice, else the first that the browser asks for.

import { recall, remember } from "../storage.js";
import { LANGUAGES, speak, wordsAt } from "./words.js";

/** @import { Language } from "./words.js" */

const KEY = "language";
/** Attributes that are words, too: `data-say-title="stage.pause"` fills `title`. */
const SAID = ["aria-label", "title", "content"];

/** @param {string | null} tag @returns {tag is Language} */
const isOurs = (tag) => tag !== null && Object.hasOwn(LANGUAGES, tag);

/**
 * The first of the wanted languages that the page has; English where it has none of them.
 * @param {readonly string[]} wanted as `navigator.languages` @param {string | null} chosen earlier
 * @returns {Language}
 */
export function preferred(wanted, chosen) {
  if (isOurs(chosen)) return chosen;
  return wanted.map((tag) => tag.split("-")[0].toLowerCase()).find(isOurs) ?? "en";
}

/** What is spoken now. @type {Language} */
export let language = "en";

/** Speaks a language from now on: words, numbers, dates, and what the page already shows. @param {Language} next */
export function use(next) {
  language = next;
  speak(next);
  document.documentElement.lang = next;
  say(document);
}

/** What the learner chose, or the browser asks for. */
export function begin() {
  use(preferred(navigator.languages, recall(KEY)));
}

/** As `use`, also the next time. @param {Language} next */
export function choose(next) {
  remember(KEY, next);
  use(next);
}

/** Fills the elements that name their words: `data-say="stage.pause"`. @param {ParentNode} root */
export function say(root) {
  for (const element of named(root, "data-say")) element.textContent = at(element, "data-say");
  for (const name of SAID) {
    for (const element of named(root, `data-say-${name}`)) {
      element.setAttribute(name, at(element, `data-say-${name}`));
    }
  }
}

/** @param {ParentNode} root @param {string} attribute */
const named = (root, attribute) => root.querySelectorAll(`[${attribute}]`);
/** @param {Element} element @param {string} attribute */
const at = (element, attribute) => wordsAt(element.getAttribute(attribute) ?? "");
