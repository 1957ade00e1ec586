// @ts-check
// What somebody sees who may not come: why, and a field for the link that they were given.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import { tokenOfLink } from "./invitation_api.js";

/**
 * Emits `token` with the one that was entered, and `retry` to try the one that waits.
 * @extends {Emitter<{ token: string, retry: void }>}
 */
export class InvitationPanel extends Emitter {
  #title = make("h1", { id: "uninvited-title", tabindex: "-1" });
  #reason = make("p", { class: "lead", role: "status", "data-part": "uninvited-reason" });
  #input = make("input", {
    type: "text", autocomplete: "off", spellcheck: "false", required: "", "data-part": "invitation-link",
    "aria-describedby": "invitation-refusal",
  });
  #refusal = make("p", { id: "invitation-refusal", class: "refusal", role: "alert", "data-part": "invitation-refusal" });
  #retry = make("button", { type: "button", "data-part": "retry-entry", "data-i18n": "invitations.retry" });
  #problem = "";
  #isWaiting = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    const form = make("form", { class: "token-fields" }, [
      make("label", { class: "field" }, [make("span", { "data-i18n": "invitations.paste" }), this.#input]),
      make("button", { type: "submit", class: "main", "data-part": "enter", "data-i18n": "invitations.enter" }),
    ]);
    root.replaceChildren(make("p", { class: "wordmark" }, ["Tandem"]), this.#title, this.#reason,
      make("p", { class: "actions" }, [this.#retry]), form, this.#refusal);
    this.#retry.addEventListener("click", () => this.emit("retry"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const token = tokenOfLink(this.#input.value.trim());
      this.#refusal.textContent = token ? "" : words.invitations.noLink;
      if (token) this.emit("token", token);
    });
  }

  /**
   * Says why the server lets nobody in here.
   * @param {string} problem an error's code, or "unreachable" @param {boolean} isWaiting the page tries again
   */
  show(problem, isWaiting) {
    const isSame = isWaiting && this.#isWaiting && problem === this.#problem;
    this.#problem = problem;
    this.#isWaiting = isWaiting;
    this.update();
    if (isSame) return; // after a try that nobody asked for: what is typed stays
    this.#input.value = "";
    this.#title.focus();
  }

  /** Shows it in the current language. */
  update() {
    const { moment, needed, reasons, waiting } = words.invitations;
    this.#retry.hidden = !this.#isWaiting;
    this.#title.textContent = this.#isWaiting ? moment : needed;
    this.#reason.textContent = this.#isWaiting ? waiting[this.#problem] ?? waiting.unreachable
      : reasons[this.#problem] ?? reasons.invitation_needed;
  }
}
