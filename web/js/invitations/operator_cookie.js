// @ts-check
// The operator's cookie: images, videos and sockets of a server that asks for invitations carry no token.

import { getToken } from "../access_token.js";
import { enter } from "./invitation_api.js";

/** @import { ServerConfig } from "../api.js" */
/** @import { Access } from "./invitation_api.js" */

/** What the server gave for the token, and until when it is not asked for another one. */
let given = { token: "", access: /** @type {Access | null} */ (null), fresh_ms: 0 };

/**
 * Exchanges the operator's token for a cookie, where one is needed and this page has no fresh one.
 * @param {ServerConfig} config
 * @returns {Promise<Access | null>} who this page is; null where the server is open
 */
export async function takeOperatorCookie({ access, invitation = null }) {
  const token = getToken();
  if (!invitation || access !== "token" || !token) return invitation;
  if (given.token === token && performance.now() < given.fresh_ms) return given.access;
  try {
    const entered = await enter(token);
    const lasts_ms = (entered.expires_at ?? 0) * 1000 - Date.now();
    given = { token, access: entered, fresh_ms: performance.now() + lasts_ms / 2 };
    return entered;
  } catch {
    return invitation; // the token itself opens the rest; the next look at the lessons tries again
  }
}

/** After this page has given up its cookie. */
export function forgetOperatorCookie() {
  given = { token: "", access: null, fresh_ms: 0 };
}
