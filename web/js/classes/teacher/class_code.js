// @ts-check
// How learners come in: the code in large letters, the link, and a QR code of the link.

import { make } from "../../dom.js";
import { words } from "../../i18n/words.js";
import { whipUrl } from "../class_api.js";

/** @import { OpenedClass } from "../class_api.js" */

export class ClassCode {
  element;
  #code = make("p", { class: "class-code", "data-part": "class-code" });
  #link = readonly("class-link", "classes.link");
  #copied = make("span", { role: "status", class: "quiet" });
  #qr = make("div", { class: "qr", role: "img", "data-part": "class-qr", "data-i18n-aria-label": "classes.qr" });
  #details;
  #whip = readonly("class-whip", "classes.whipUrl");
  #token = readonly("class-token", "classes.whipToken");
  /** A program may be the camera of a live class, too. */
  #encoder = make("details", { class: "class-invite" }, [
    make("summary", { "data-i18n": "classes.whip" }),
    make("div", { class: "class-encoder" }, [
      make("p", { class: "quiet", "data-i18n": "classes.whipNote" }), labelled("classes.whipUrl", this.#whip), labelled("classes.whipToken", this.#token),
    ]),
  ]);

  constructor() {
    const copy = make("button", { type: "button", class: "small", "data-part": "class-copy", "data-i18n": "classes.copy" });
    copy.addEventListener("click", () => void this.#copy());
    this.#details = make("details", { class: "class-invite", open: "" }, [
      make("summary", { "data-part": "class-show-code", "data-i18n": "classes.showCode" }),
      make("div", { class: "class-invite-body" }, [
        this.#qr, make("p", { class: "class-link" }, [this.#link, copy, this.#copied]),
      ]),
    ]);
    this.element = make("section", { class: "block class-entry" }, [
      make("h3", { "data-i18n": "classes.code" }), this.#code, this.#details, this.#encoder,
    ]);
  }

  /** @param {OpenedClass} opened */
  show({ code, link, qr_svg, kind, token }) {
    this.#code.textContent = code;
    // Letter by letter: a screen reader would try to say it as a word.
    this.#code.setAttribute("aria-label", [...code].join(" "));
    this.#link.value = link;
    this.#copied.textContent = "";
    this.#encoder.hidden = kind !== "live";
    this.#whip.value = new URL(whipUrl(code), location.href).href;
    this.#token.value = token;
    this.#details.open = true;
    const svg = new DOMParser().parseFromString(qr_svg, "image/svg+xml").documentElement;
    svg.setAttribute("aria-hidden", "true");
    this.#qr.replaceChildren(document.adoptNode(svg));
  }

  /** Makes room once the class dances. */
  fold() {
    this.#details.open = this.#encoder.open = false;
  }

  async #copy() {
    this.#link.select();
    try {
      await navigator.clipboard.writeText(this.#link.value);
      this.#copied.textContent = words.classes.copied;
    } catch {
      this.#copied.textContent = words.classes.copyByHand; // without HTTPS a page may not copy
    }
  }
}

/** @param {string} part @param {string} path of its label */
function readonly(part, path) {
  const input = make("input", { type: "text", readonly: "", "data-part": part, "data-i18n-aria-label": path });
  input.addEventListener("focus", () => input.select());
  return input;
}

/** @param {string} path of its label @param {HTMLInputElement} input */
function labelled(path, input) {
  return make("p", { class: "class-link" }, [make("span", { class: "quiet", "aria-hidden": "true", "data-i18n": path }), input]);
}
