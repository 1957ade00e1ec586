// @ts-check
// Sends what the invitation views ask for: enters with a link, invites, lists and revokes.

import { setToken } from "../access_token.js";
import { ApiError } from "../api.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import { Entry } from "./entry.js";
import {
  fetchInvitations, forgetInvitation, invite, revokeInvitation, takeInvitationOfLink,
} from "./invitation_api.js";
import { forgetOperatorCookie } from "./operator_cookie.js";

/** @import { Lesson } from "../api.js" */
/** @import { IdentityNote } from "./identity_note.js" */
/** @import { InvitationPanel } from "./invitation_panel.js" */
/** @import { InviteView } from "./invite_view.js" */

/**
 * Emits `entered` when another invitation counts from now on, or none any more.
 * @extends {Emitter<{ entered: void }>}
 */
export class Invitations extends Emitter {
  #panel;
  #view;
  #entry = new Entry();

  /** @param {InvitationPanel} panel @param {InviteView} view @param {IdentityNote} note */
  constructor(panel, view, note) {
    super();
    this.#panel = panel;
    this.#view = view;
    panel.on("token", (token) => void this.#entry.use(token).then(() => this.emit("entered")));
    panel.on("retry", () => void this.#entry.tryNow().then(() => this.emit("entered")));
    this.#entry.on("changed", () => this.emit("entered"));
    view.on("wish", (wish) => this.#run(async () => view.showLink(await invite(wish))));
    view.on("revoke", (id) => this.#run(() => revokeInvitation(id)));
    note.on("leave", () => void this.#leave());
  }

  /**
   * Enters with the link that the page was opened with, or with one that still waits for the server.
   * @returns {Promise<boolean>} whether there was one
   */
  async enterByLink() {
    const token = takeInvitationOfLink();
    if (token) await this.#entry.use(token);
    else await this.#entry.tryNow();
    return Boolean(token);
  }

  async #leave() {
    this.#entry.forget();
    forgetOperatorCookie();
    await forgetInvitation().catch(() => {});
    setToken("");
    this.emit("entered");
  }

  /** Says why this page may not come. @param {string | null | undefined} problem what the server says */
  showPanel(problem) {
    this.#panel.show(this.#entry.problem || problem || "invitation_needed", this.#entry.isWaiting);
  }

  /** Shows the form and the invitations. @param {Lesson[]} lessons */
  open(lessons) {
    this.#view.open(lessons);
    this.#run(async () => {});
  }

  /** Does something, and shows the invitations as they are then. @param {() => Promise<unknown>} work */
  #run(work) {
    void work().then(async () => this.#view.showInvitations(await fetchInvitations())).catch((error) => {
      const isAnswer = error instanceof ApiError;
      const known = isAnswer
        ? words.trouble.refusals[error.code] ?? words.invitations.reasons[error.code] ?? error.detail
        : words.trouble.history.unreachable;
      this.#view.showError(known);
    });
  }
}
