// @ts-check
// "Use a phone as camera": a QR code and a short code to type, in a dialog over the stage.

import { openPairing } from "../api.js";
import { findPart, make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatClock } from "../i18n/formats.js";
import { words } from "../i18n/words.js";

/** @import { Pairing } from "../api.js" */
/** @import { CameraStatus } from "../connection/protocol.js" */
/** @import { PhoneState } from "../i18n/words/en/phone.js" */

/** Names that lead a phone to itself. */
const LOOPBACK = /^(localhost|127\..*|\[::1\])$/;

/** How a phone is that is not there. */
const GONE = new Set(["none", "joining", "lost", "left"]);

/** @param {string} state as the server names it */
export const phoneSentence = (state) => words.phone.states[/** @type {PhoneState} */ (state)] ?? "";

/** Emits `use` when the learner wants the other camera of the two. @extends {Emitter<{ use: "own" | "phone" }>} */
export class PhonePairing extends Emitter {
  #button;
  #dialog;
  #session = "";
  /** @type {Pairing | null} */
  #pairing = null;
  #until_ms = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #source = "own";
  #hasOwn = false;
  /** A phone is connected, whether it is the camera or not. */
  #hasPhone = false;

  /** @param {HTMLElement} stage */
  constructor(stage) {
    super();
    this.#button = findPart(stage, "use-phone", HTMLButtonElement);
    this.#button.addEventListener("click", () => void this.open());
    this.#dialog = make("dialog", { class: "pairing", "aria-labelledby": "pairing-title" }, [
      make("h3", { id: "pairing-title", "data-i18n": "phone.title" }),
      make("div", { class: "pairing-body" }, [
        make("div", { class: "qr", role: "img", "data-part": "qr", "data-i18n-aria-label": "phone.qr" }),
        make("div", {}, [
          make("p", {}, [make("span", { "data-i18n": "phone.scan" }), " ",
            make("strong", { class: "address", "data-part": "address" }), " ",
            make("span", { "data-i18n": "phone.type" })]),
          make("p", { class: "code", "data-part": "code" }),
          make("p", { class: "quiet", role: "timer", "data-part": "holds" }),
          make("p", { class: "refusal", "data-part": "local", "data-i18n": "phone.local", hidden: "" }),
          make("p", { role: "status", "data-part": "phone-state" }),
        ]),
      ]),
      make("p", { class: "actions" }, [
        this.#makeButton("renew", "", () => void this.#renew()),
        this.#makeButton("own", "", () => this.#use("own")),
        this.#makeButton("back", "", () => this.#use("phone")),
        this.#makeButton("close", "", () => this.close()),
      ]),
    ]);
    this.#dialog.addEventListener("close", () => clearInterval(this.#timer));
    stage.append(this.#dialog);
  }

  /** @param {"own" | "phone"} camera */
  #use(camera) {
    this.emit("use", camera);
    this.close();
  }

  /** @param {"renew" | "own" | "back" | "close"} name @param {string} kind @param {() => void} onClick */
  #makeButton(name, kind, onClick) {
    const attributes = { type: "button", class: kind, "data-part": `pairing-${name}`, "data-i18n": `phone.${name}` };
    const button = make("button", attributes);
    button.addEventListener("click", onClick);
    return button;
  }

  /**
   * @param {string} session that a phone is to be the camera of
   * @param {boolean} isPossible a session over WebRTC is open
   * @param {boolean} hasOwn this device has a camera, too
   */
  show(session, isPossible, hasOwn) {
    this.#session = session;
    this.#hasOwn = hasOwn;
    this.#button.hidden = !isPossible;
    this.#showChoices();
    if (!isPossible) this.close();
  }

  /** Offers the camera that is there and does not count. */
  #showChoices() {
    findPart(this.#dialog, "pairing-own", HTMLElement).hidden = !this.#hasOwn || this.#source === "own";
    findPart(this.#dialog, "pairing-back", HTMLElement).hidden = this.#source !== "own" || !this.#hasPhone;
    const text = this.#hasPhone ? "change" : "use";
    this.#button.dataset.i18n = `phone.${text}`;
    this.#button.textContent = words.phone[text];
  }

  /** Shows the dialog with a code that serves. */
  async open() {
    if (!this.#dialog.open) this.#dialog.showModal();
    if (performance.now() >= this.#until_ms) await this.#renew();
    else this.#run();
  }

  close() {
    if (this.#dialog.open) this.#dialog.close();
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Forgets the code: the session is another one, or a phone has used it. */
  reset() {
    this.#until_ms = 0;
    this.#source = "own";
    this.#hasPhone = false;
    this.close();
  }

  /** @param {CameraStatus} status */
  onCameras({ source, phone }) {
    const isNew = source === "phone" && this.#source !== "phone";
    this.#source = source;
    this.#hasPhone = !GONE.has(phone);
    this.#showChoices();
    findPart(this.#dialog, "phone-state", HTMLElement).textContent = phone === "none" ? "" : phoneSentence(phone);
    if (isNew) this.#until_ms = 0; // the code was used
    if (isNew) this.close();
  }

  async #renew() {
    const code = findPart(this.#dialog, "code", HTMLElement);
    try {
      this.#pairing = await openPairing(this.#session);
    } catch (error) {
      code.textContent = "";
      findPart(this.#dialog, "phone-state", HTMLElement).textContent = words.phone.problems.unreachable;
      return;
    }
    const { code: digits, url, qr_svg, expires_s } = this.#pairing;
    this.#until_ms = performance.now() + expires_s * 1000;
    code.textContent = `${digits.slice(0, 4)} ${digits.slice(4)}`;
    const address = new URL(url);
    findPart(this.#dialog, "address", HTMLElement).textContent = `${address.host}${address.pathname}`;
    findPart(this.#dialog, "local", HTMLElement).hidden = !LOOPBACK.test(address.hostname);
    const svg = new DOMParser().parseFromString(qr_svg, "image/svg+xml").documentElement;
    svg.setAttribute("aria-hidden", "true");
    findPart(this.#dialog, "qr", HTMLElement).replaceChildren(svg);
    findPart(this.#dialog, "phone-state", HTMLElement).textContent = "";
    this.#run();
  }

  /** Counts down while the dialog is open. */
  #run() {
    clearInterval(this.#timer);
    const update = () => {
      const left_s = Math.max(0, (this.#until_ms - performance.now()) / 1000);
      const holds = findPart(this.#dialog, "holds", HTMLElement);
      holds.textContent = left_s > 0 ? words.phone.holds(formatClock(left_s)) : words.phone.problems.pairing_expired;
      this.#dialog.dataset.expired = String(left_s <= 0);
      findPart(this.#dialog, "pairing-renew", HTMLElement).classList.toggle("main", left_s <= 0);
      if (left_s <= 0) clearInterval(this.#timer);
    };
    this.#timer = setInterval(update, 1000);
    update();
  }
}
