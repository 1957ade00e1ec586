// @ts-check
// Whose results these are: an optional name, what is kept under it, and a way to keep nothing.

import { make } from "../dom.js";
import { forget, recall, remember } from "../storage.js";
import { words } from "../i18n/words.js";

/** @import { Access } from "../api.js" */

/** Events: `look` (at the results), `name` (another one was typed). */
export class Who extends EventTarget {
  #root;
  #name = make("input", {
    type: "text", name: "learner", autocomplete: "nickname", spellcheck: "false",
    "data-part": "learner-name", "aria-describedby": "who-kept who-refusal",
  });
  #keeps = make("input", { type: "checkbox", "data-part": "keeps" });
  #kept = make("p", { id: "who-kept", class: "quiet", "data-part": "kept" });
  #refusal = make("p", { id: "who-refusal", class: "refusal", role: "alert", "data-part": "refusal" });
  #said = make("p", { role: "status", "data-part": "who-said" });
  #look = make("button", { type: "button", "data-part": "look", "data-say": "choosing.results" });
  #fields;
  /** @type {Access} */
  #access = "off";

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#fields = make("div", { class: "who-fields" }, [
      make("label", { class: "who-name" }, [
        make("span", {}, [
          make("span", { "data-say": "choosing.name" }), " ", make("small", { "data-say": "choosing.optional" }),
        ]), this.#name,
      ]),
      make("label", { class: "who-keeps" }, [
        this.#keeps, make("span", { "data-say": "choosing.keep" }),
      ]),
      this.#look,
    ]);
    root.replaceChildren(this.#fields, this.#refusal, this.#kept, this.#said);
    this.#name.value = recall("learner") ?? "";
    this.#keeps.checked = recall("keeps") !== "no";
    this.#name.addEventListener("change", () => this.#named());
    this.#name.addEventListener("input", () => this.#accept());
    this.#keeps.addEventListener("change", () => {
      remember("keeps", this.#keeps.checked ? "yes" : "no");
      this.#tell();
    });
    this.#look.addEventListener("click", () => this.dispatchEvent(new Event("look")));
  }

  /** The name as it was typed, "" without one. */
  get name() {
    return this.#name.value.trim();
  }

  /** The name to keep results under, "" where none are to be kept. */
  get learner() {
    return this.#access !== "off" && this.#keeps.checked ? this.name : "";
  }

  /** Results can be looked at here. */
  get isOpen() {
    return this.#access === "open";
  }

  /** Says what is kept here, and hides what cannot work. @param {Access} access */
  show(access) {
    this.#access = access;
    this.#tell();
    this.#root.hidden = false;
  }

  #tell() {
    const keeps = this.#keeps.checked;
    this.#fields.hidden = this.#access === "off";
    this.#look.hidden = !this.isOpen;
    this.#name.disabled = !keeps && !this.isOpen;
    const nothing = this.isOpen ? words.choosing.nothing : words.choosing.nothingHere;
    this.#kept.textContent = this.#access === "off" || keeps ? words.choosing.kept[this.#access] : nothing;
  }

  #named() {
    if (this.name) remember("learner", this.name);
    else forget("learner");
    this.#said.textContent = "";
    this.dispatchEvent(new Event("name"));
  }

  #accept() {
    this.#name.removeAttribute("aria-invalid");
    this.#refusal.textContent = "";
  }

  /** The server does not take the name. @param {string} why in its words */
  refuse(why) {
    this.#name.setAttribute("aria-invalid", "true");
    this.#refusal.textContent = `${words.problems["name-refused"].title}. ${why}`;
    this.#name.focus();
  }

  /** All of it was deleted. @param {string} sentence that says so */
  forget(sentence) {
    forget("learner");
    forget("last:");
    this.#name.value = "";
    this.#accept();
    this.#said.textContent = sentence;
  }
}
