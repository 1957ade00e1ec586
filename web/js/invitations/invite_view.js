// @ts-check
// Where a teacher invites others: a form, the new link with its QR code, and the invitations that hold.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatDateTime } from "../i18n/formats.js";
import { words } from "../i18n/words.js";

/** @import { Lesson } from "../api.js" */
/** @import { Invitation, InvitationWish, NewInvitation, Role } from "./invitation_api.js" */

const HOUR_S = 3600;
/** How long an invitation may hold, by the name of its text. */
const TIMES = /** @type {const} */ ({
  hour: HOUR_S, halfDay: 12 * HOUR_S, week: 7 * 24 * HOUR_S, month: 30 * 24 * HOUR_S,
});

/**
 * Emits `wish` with what to invite to, and `revoke` with an invitation's id.
 * @extends {Emitter<{ leave: void, wish: InvitationWish, revoke: string }>}
 */
export class InviteView extends Emitter {
  #title = make("h2", { id: "invite-title", tabindex: "-1", "data-i18n": "invitations.title" });
  #name = make("input", { type: "text", maxlength: "40", autocomplete: "off", spellcheck: "false", "data-part": "invite-name" });
  #role = make("select", { "data-part": "invite-role" });
  #lesson = make("select", { "data-part": "invite-lesson" });
  #lasts = make("select", { "data-part": "invite-lasts" });
  #error = make("p", { class: "refusal", role: "alert", "data-part": "invite-error" });
  #link = make("input", { type: "text", readonly: "", "data-part": "link", "data-i18n-aria-label": "invitations.link" });
  #copied = make("span", { role: "status", class: "quiet", "data-part": "copied" });
  #qr = make("div", { class: "qr", role: "img", "data-i18n-aria-label": "invitations.qr" });
  #made = make("section", { class: "block", hidden: "", "data-part": "made" });
  #list = make("ul", { class: "results", "data-part": "invitations" });
  #none = make("p", { class: "quiet", "data-i18n": "invitations.none" });

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    const back = make("button", { type: "button", class: "plain", "data-part": "invite-back", "data-i18n": "history.back" });
    back.addEventListener("click", () => this.emit("leave"));
    const copy = make("button", { type: "button", class: "main", "data-part": "copy", "data-i18n": "invitations.copy" });
    copy.addEventListener("click", () => void this.#copy());
    this.#made.append(
      make("h3", { "data-i18n": "invitations.made" }),
      make("p", { class: "quiet", "data-i18n": "invitations.madeNote" }),
      make("p", { class: "link-line" }, [this.#link, copy, this.#copied]), this.#qr,
    );
    root.replaceChildren(
      make("header", { class: "history-head" }, [back, this.#title]),
      make("section", { class: "block" }, [this.#form()]), this.#made,
      make("section", { class: "block" }, [make("h3", { "data-i18n": "invitations.list" }), this.#none, this.#list]),
    );
    this.#role.addEventListener("change", () => this.#onRole());
  }

  #form() {
    const form = make("form", { class: "editor-form" }, [
      field("invitations.name", this.#name, "invitations.nameNote"), field("invitations.role", this.#role),
      field("invitations.lesson", this.#lesson), field("invitations.lasts", this.#lasts), this.#error,
      make("p", { class: "actions" }, [
        make("button", { type: "submit", class: "main", "data-part": "make-link", "data-i18n": "invitations.make" }),
      ]),
    ]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#error.textContent = "";
      const role = /** @type {Role} */ (this.#role.value);
      this.emit("wish", {
        name: this.#name.value.trim() || null, role, lesson: this.#lesson.value || null,
        lasts_s: Number(this.#lasts.value),
      });
    });
    return form;
  }

  /** A teacher is invited to all lessons. */
  #onRole() {
    this.#lesson.disabled = this.#role.value === "teacher";
    if (this.#lesson.disabled) this.#lesson.value = "";
  }

  /** Begins with an empty form. @param {Lesson[]} lessons that the server has */
  open(lessons) {
    const { roles, times, allLessons } = words.invitations;
    fill(this.#role, Object.entries(roles));
    fill(this.#lesson, [["", allLessons], ...lessons.map(({ id, title }) => /** @type {const} */ ([id, title]))]);
    fill(this.#lasts, Object.entries(TIMES).map(([name, lasts_s]) =>
      [String(lasts_s), times[/** @type {keyof typeof TIMES} */ (name)]]));
    this.#lasts.value = String(TIMES.halfDay);
    this.#name.value = "";
    this.#made.hidden = true;
    this.#error.textContent = "";
    this.#onRole();
    this.#title.focus();
  }

  /** @param {Invitation[]} invitations that have not ended, the newest first */
  showInvitations(invitations) {
    this.#none.hidden = invitations.length > 0;
    this.#list.replaceChildren(...invitations.map((invitation) => this.#item(invitation)));
  }

  /** @param {Invitation} invitation */
  #item({ id, name, role, lesson, expires_at, revoked_at }) {
    const { anybody, roles, until, revoke, revokeOf, revoked } = words.invitations;
    const who = name ?? anybody;
    const facts = [roles[role], ...(lesson ? [lesson] : []), until(formatDateTime(expires_at))].join(" · ");
    const text = make("span", { class: "result-text" }, [
      make("bdi", {}, [who]), make("span", { class: "quiet" }, [facts]),
    ]);
    if (revoked_at !== null) return make("li", { "data-invitation": id }, [text, make("span", { class: "quiet" }, [revoked])]);
    const button = make("button", { type: "button", class: "small", "aria-label": revokeOf(who) }, [revoke]);
    button.addEventListener("click", () => this.emit("revoke", id));
    return make("li", { "data-invitation": id }, [text, button]);
  }

  /** Shows a new link, which the server does not show again. @param {NewInvitation} invitation */
  showLink({ link, qr_svg }) {
    this.#link.value = link;
    this.#copied.textContent = "";
    const svg = new DOMParser().parseFromString(qr_svg, "image/svg+xml").documentElement;
    this.#qr.replaceChildren(document.adoptNode(svg));
    this.#made.hidden = false;
    this.#link.focus();
    this.#link.select();
  }

  /** @param {string} sentence */
  showError(sentence) {
    this.#error.textContent = sentence;
  }

  async #copy() {
    this.#link.select();
    try {
      await navigator.clipboard.writeText(this.#link.value);
      this.#copied.textContent = words.invitations.copied;
    } catch {
      this.#copied.textContent = words.invitations.copyByHand; // without HTTPS a page may not copy
    }
  }
}

/** @param {string} path of its label @param {HTMLElement} control @param {string} [note] path of a note */
const field = (path, control, note) => make("label", { class: "field" }, [
  make("span", { "data-i18n": path }), control,
  ...(note ? [make("small", { class: "quiet", "data-i18n": note })] : []),
]);

/** @param {HTMLSelectElement} select @param {(readonly [string, string])[]} options values and texts */
const fill = (select, options) =>
  select.replaceChildren(...options.map(([value, text]) => make("option", { value }, [text])));
