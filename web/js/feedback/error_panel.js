// @ts-check
// Says what is wrong and what to do about it.

import { findPart, make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import { codeSentence } from "./sentences.js";

/** @import { Failure } from "../connection/attempt_events.js" */
/** @import { Problem } from "../i18n/words.js" */

/** Problems that trying again cannot solve. @type {Set<Problem>} */
const FINAL = new Set(["lesson-gone"]);

/** Problems of a camera that a phone takes the place of. @type {Set<Problem>} */
const WITHOUT_CAMERA = new Set(["no-camera", "camera-refused", "camera-busy", "camera-failed", "insecure"]);

/** @extends {Emitter<{ retry: void, phone: void, leave: void }>} */
export class ErrorPanel extends Emitter {
  #title;
  #advice;
  #retry;
  #phone;
  #leave;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#title = findPart(root, "problem", HTMLElement);
    this.#advice = findPart(root, "advice", HTMLElement);
    this.#retry = findPart(root, "retry", HTMLButtonElement);
    this.#retry.addEventListener("click", () => this.emit("retry"));
    this.#phone = findPart(root, "phone", HTMLButtonElement);
    this.#phone.addEventListener("click", () => this.emit("phone"));
    this.#leave = findPart(root, "leave", HTMLButtonElement);
    this.#leave.addEventListener("click", () => this.emit("leave"));
  }

  /** Shows the server's own sentence if the page has none for its code. @param {Failure} failure */
  show({ problem, code = "", detail = "", wait_s = null }) {
    const { title, advice, action } = words.problems[problem];
    this.#title.textContent = title;
    const reason = codeSentence(code);
    const explanation = reason ? make("p", {}, [reason]) : make("p", { lang: "en" }, [detail]);
    this.#advice.replaceChildren(...advice.map((sentence) => make("p", {}, [sentence])), explanation);
    explanation.hidden = !explanation.textContent;
    this.#phone.hidden = !WITHOUT_CAMERA.has(problem);
    this.#retry.hidden = FINAL.has(problem);
    this.#leave.classList.toggle("main", FINAL.has(problem));
    this.#enableRetry(action, Math.ceil(wait_s ?? 0));
    this.#title.focus();
  }

  hide() {
    clearInterval(this.#timer);
  }

  /** Enables the button after the wait. @param {string} action @param {number} wait_s */
  #enableRetry(action, wait_s) {
    clearInterval(this.#timer);
    const update = () => {
      this.#retry.disabled = wait_s > 0;
      this.#retry.textContent = wait_s > 0 ? words.trouble.wait(action, wait_s) : action;
      if (wait_s <= 0) clearInterval(this.#timer);
      wait_s -= 1;
    };
    update();
    if (this.#retry.disabled) this.#timer = setInterval(update, 1000);
  }
}
