// @ts-check
// The code of a class: six letters, and the link that carries it.

export const CODE_LENGTH = 6;
const KEY = "class";

/** What was typed, as the server writes it: without spaces and dashes, in capitals. @param {string} typed */
export const toCode = (typed) => typed.replaceAll(/[^\p{L}\p{N}]/gu, "").toUpperCase().slice(0, CODE_LENGTH);

/** Takes the code out of the page's address, and leaves what else is there. @returns {string} "" without one */
export function takeCodeOfLink() {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const code = toCode(parameters.get(KEY) ?? "");
  if (!parameters.has(KEY)) return "";
  parameters.delete(KEY);
  const rest = String(parameters);
  history.replaceState(history.state, "", location.pathname + location.search + (rest && `#${rest}`));
  return code;
}
