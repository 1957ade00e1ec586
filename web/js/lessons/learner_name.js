// @ts-check
// The learner's name (optional), what is stored under it, and a checkbox to store nothing.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import { clearStorage, readStorage, writeStorage } from "../storage.js";

/** @import { HistoryAccess } from "../api.js" */
/** @import { Access } from "../invitations/invitation_api.js" */

/**
 * Emits `history` to open the results, and `name` when another one was typed.
 * @extends {Emitter<{ history: void, name: void }>}
 */
export class LearnerName extends Emitter {
  #root;
  #name = make("input", {
    type: "text", name: "learner", autocomplete: "nickname", spellcheck: "false",
    "data-part": "learner-name", "aria-describedby": "who-kept who-refusal",
  });
  #keepCheckbox = make("input", { type: "checkbox", "data-part": "keeps" });
  #notice = make("p", { id: "who-kept", class: "quiet", "data-part": "kept" });
  #refusal = make("p", { id: "who-refusal", class: "refusal", role: "alert", "data-part": "refusal" });
  #status = make("p", { role: "status", "data-part": "who-said" });
  #historyButton = make("button", { type: "button", "data-part": "look", "data-i18n": "choosing.results" });
  #fields;
  /** @type {HistoryAccess} */
  #access = "off";
  /** Who was invited; null where the server is open. @type {Access | null} */
  #invitation = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#fields = make("div", { class: "learner-name-fields" }, [
      make("label", { class: "learner-name-input" }, [
        make("span", {}, [
          make("span", { "data-i18n": "choosing.name" }), " ", make("small", { "data-i18n": "choosing.optional" }),
        ]), this.#name,
      ]),
      make("label", { class: "learner-name-keep" }, [
        this.#keepCheckbox, make("span", { "data-i18n": "choosing.keep" }),
      ]),
      this.#historyButton,
    ]);
    root.replaceChildren(this.#fields, this.#refusal, this.#notice, this.#status);
    this.#name.value = readStorage("learner") ?? "";
    this.#keepCheckbox.checked = readStorage("keeps") !== "no";
    this.#name.addEventListener("change", () => this.#onChange());
    this.#name.addEventListener("input", () => this.#clearRefusal());
    this.#keepCheckbox.addEventListener("change", () => {
      writeStorage("keeps", this.#keepCheckbox.checked ? "yes" : "no");
      this.#update();
    });
    this.#historyButton.addEventListener("click", () => this.emit("history"));
  }

  /** The name that was typed; "" without one. */
  get name() {
    return this.#name.value.trim();
  }

  /** The name to store results under; "" if none should be stored. */
  get learner() {
    return this.#access !== "off" && this.#keepCheckbox.checked ? this.name : "";
  }

  /** Results can be shown here. */
  get canShowHistory() {
    return this.#access === "open";
  }

  /**
   * Says what is stored here, and hides what cannot work.
   * @param {HistoryAccess} access @param {Access | null} [invitation] whose name counts, if it has one
   */
  show(access, invitation = null) {
    this.#access = access;
    this.#invitation = invitation;
    const given = invitation?.name;
    if (given) this.#name.value = given;
    else if (this.#name.readOnly) this.#name.value = readStorage("learner") ?? "";
    this.#name.readOnly = Boolean(given);
    this.#update();
    this.#root.hidden = false;
  }

  #update() {
    const keep = this.#keepCheckbox.checked;
    this.#fields.hidden = this.#access === "off";
    this.#historyButton.hidden = !this.canShowHistory;
    this.#name.disabled = !keep && !this.canShowHistory;
    const nothing = this.canShowHistory ? words.choosing.nothing : words.choosing.nothingHere;
    this.#notice.textContent = this.#access === "off" || keep ? this.#keptSentence() : nothing;
  }

  #keptSentence() {
    const isOwn = this.#invitation?.role === "learner" && this.#access === "open";
    return isOwn ? words.choosing.keptOwn : words.choosing.kept[this.#access];
  }

  #onChange() {
    if (this.name) writeStorage("learner", this.name);
    else clearStorage("learner");
    this.#status.textContent = "";
    this.emit("name");
  }

  #clearRefusal() {
    this.#name.removeAttribute("aria-invalid");
    this.#refusal.textContent = "";
  }

  /** The server refuses the name. @param {string} reason */
  showRefusal(reason) {
    this.#name.setAttribute("aria-invalid", "true");
    this.#refusal.textContent = `${words.problems["name-refused"].title}. ${reason}`;
    this.#name.focus();
  }

  /** Everything under the name was deleted. @param {string} sentence that says so */
  clear(sentence) {
    clearStorage("learner");
    clearStorage("last:");
    if (!this.#name.readOnly) this.#name.value = "";
    this.#clearRefusal();
    this.#status.textContent = sentence;
  }
}
