// @ts-check
// Who this page is for a server that asks for invitations: the name, until when, and the way out.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatDateTime } from "../i18n/formats.js";
import { words } from "../i18n/words.js";

/** @import { Access } from "./invitation_api.js" */

/**
 * Emits `invite` to invite others, and `leave` to forget the invitation.
 * @extends {Emitter<{ invite: void, leave: void }>}
 */
export class IdentityNote extends Emitter {
  #root;
  #text = make("p", { class: "quiet", "data-part": "identity-text" });
  #invite = make("button", { type: "button", "data-part": "open-invitations", "data-i18n": "invitations.title" });
  #leave = make("button", { type: "button", class: "plain", "data-part": "forget", "data-i18n": "invitations.forget" });
  /** @type {Access | null} */
  #access = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    root.replaceChildren(this.#text, this.#invite, this.#leave);
    this.#invite.addEventListener("click", () => this.emit("invite"));
    this.#leave.addEventListener("click", () => this.emit("leave"));
  }

  /** @param {Access | null} access null: the server is open to everybody */
  show(access) {
    this.#access = access;
    this.#root.hidden = access === null;
    this.#invite.hidden = access?.role !== "teacher";
    this.#leave.hidden = access?.expires_at === null; // the operator has none to forget
    this.update();
  }

  /** Shows it in the current language. */
  update() {
    if (!this.#access?.role) return;
    const { name, role, expires_at } = this.#access;
    const { operator, hereAs, roles } = words.invitations;
    this.#text.textContent = expires_at === null ? operator
      : hereAs(name ?? "", roles[role], formatDateTime(expires_at));
  }
}
