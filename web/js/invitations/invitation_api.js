// @ts-check
// The server's HTTP API for invitations, and the link that carries one.

import { request } from "../api.js";

/**
 * @typedef {"learner" | "teacher"} Role
 * @typedef {{ role: Role | null, name: string | null, lesson: string | null, expires_at: number | null,
 *   problem: string | null }} Access  who this page is for the server; `problem`: why it may not come
 * @typedef {{ id: string, role: Role, name: string | null, lesson: string | null, issued_at: number,
 *   expires_at: number, revoked_at: number | null }} Invitation  times: Unix seconds
 * @typedef {Invitation & { link: string, qr_svg: string }} NewInvitation
 * @typedef {{ name: string | null, role: Role, lesson: string | null, lasts_s: number }} InvitationWish
 */

const KEY = "invite";
const JSON_TYPE = { "Content-Type": "application/json" };

/** The token in an invitation's link; "" without one. @param {string} link */
export const tokenOfLink = (link) =>
  new URLSearchParams(link.slice(link.indexOf("#") + 1)).get(KEY) ?? "";

/** Takes the token out of the page's address, so that nobody copies it with the address. */
export function takeInvitationOfLink() {
  const token = location.hash ? tokenOfLink(location.hash) : "";
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

/**
 * Exchanges a token for a cookie, which scripts cannot read.
 * @param {string} token @returns {Promise<Access>}
 */
export const enter = (token) =>
  request("/api/access", { method: "POST", headers: JSON_TYPE, body: JSON.stringify({ token }) });

/** Forgets the cookie. */
export const forgetInvitation = () => request("/api/access", { method: "DELETE" });

/** @returns {Promise<Invitation[]>} */
export const fetchInvitations = async () => (await request("/api/invitations")).invitations;

/** @param {InvitationWish} wish @returns {Promise<NewInvitation>} */
export const invite = (wish) =>
  request("/api/invitations", { method: "POST", headers: JSON_TYPE, body: JSON.stringify(wish) });

/** @param {string} id */
export const revokeInvitation = (id) =>
  request(`/api/invitations/${encodeURIComponent(id)}`, { method: "DELETE" });
