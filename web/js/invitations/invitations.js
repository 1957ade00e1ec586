// @ts-check
// Sends what the invitation views ask for: enters with a link, invites, lists and revokes.

import { ApiError } from "../api.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import {
  enter, fetchInvitations, forgetInvitation, invite, revokeInvitation, takeInvitationOfLink,
} from "./invitation_api.js";

/** @import { Lesson } from "../api.js" */
/** @import { IdentityNote } from "./identity_note.js" */
/** @import { InvitationPanel } from "./invitation_panel.js" */
/** @import { InviteView } from "./invite_view.js" */

/** A server that is open to everybody: the link does no harm there. */
const OPEN = "invitations_off";

/**
 * Emits `entered` when another invitation counts from now on, or none any more.
 * @extends {Emitter<{ entered: void }>}
 */
export class Invitations extends Emitter {
  #panel;
  #view;
  /** Why the last link did not let this page in. @type {string} */
  problem = "";

  /** @param {InvitationPanel} panel @param {InviteView} view @param {IdentityNote} note */
  constructor(panel, view, note) {
    super();
    this.#panel = panel;
    this.#view = view;
    panel.on("token", (token) => void this.#enter(token));
    view.on("wish", (wish) => this.#run(async () => view.showLink(await invite(wish))));
    view.on("revoke", (id) => this.#run(() => revokeInvitation(id)));
    note.on("leave", () => void forgetInvitation().catch(() => {}).then(() => this.emit("entered")));
  }

  /** Enters with the link that the page was opened with. @returns {Promise<boolean>} whether there was one */
  async enterByLink() {
    const token = takeInvitationOfLink();
    if (token) await this.#exchange(token);
    return Boolean(token);
  }

  /** @param {string} token */
  async #enter(token) {
    await this.#exchange(token);
    this.emit("entered");
  }

  /** @param {string} token */
  async #exchange(token) {
    this.problem = "";
    try {
      await enter(token);
    } catch (error) {
      if (error instanceof ApiError && error.code !== OPEN) this.problem = error.code;
    }
  }

  /** Says why this page may not come. @param {string | null | undefined} problem what the server says */
  showPanel(problem) {
    this.#panel.show(this.problem || problem || "invitation_needed");
    this.problem = "";
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
