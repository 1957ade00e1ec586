// @ts-check
// The server's token: from the link that the server printed, or typed. Stored until the tab is closed.

import { readTabStorage, writeTabStorage } from "./storage.js";

const KEY = "token";
/** What a header can carry. */
const PRINTABLE = /^[\x21-\x7e]+$/;

let token = readTabStorage(KEY) ?? "";

export const getToken = () => token;

/** @param {string} value "" forgets it */
export function setToken(value) {
  token = value.trim();
  writeTabStorage(KEY, token);
}

/**
 * Takes the token out of the page's address (#token=…), so that nobody copies it with the address.
 * @returns {boolean} whether there was one
 */
export function takeTokenOfLink() {
  const found = new URLSearchParams(location.hash.slice(1)).get(KEY);
  if (!found) return false;
  setToken(found);
  history.replaceState(history.state, "", location.pathname + location.search);
  return true;
}

/** Headers with the token, if there is one and no other is in them. @param {HeadersInit} [init] */
export function authorized(init) {
  const headers = new Headers(init);
  if (PRINTABLE.test(token) && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${token}`);
  return headers;
}
