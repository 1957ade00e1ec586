// @ts-check
// Says plainly what is wrong and what to do about it.

import { make, part } from "../dom.js";
import { whyWords } from "./sentences.js";
import { words } from "../i18n/words.js";

/** @import { Problem } from "../i18n/words.js" */

/** What no second try puts right. @type {Set<Problem>} */
const FINAL = new Set(["lesson-gone"]);

/** Events: `retry`, `leave`. */
export class Notice extends EventTarget {
  #title;
  #advice;
  #retry;
  #leave;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#title = part(root, "problem", HTMLElement);
    this.#advice = part(root, "advice", HTMLElement);
    this.#retry = part(root, "retry", HTMLButtonElement);
    this.#retry.addEventListener("click", () => this.dispatchEvent(new Event("retry")));
    this.#leave = part(root, "leave", HTMLButtonElement);
    this.#leave.addEventListener("click", () => this.dispatchEvent(new Event("leave")));
  }

  /**
   * @param {Problem} problem
   * @param {{ code?: string, detail?: string, wait_s?: number | null }} [more] the server's name for
   *   it, and its words, which are shown where the page has none; when to retry
   */
  show(problem, { code = "", detail = "", wait_s = null } = {}) {
    const { title, advice, action } = words.problems[problem];
    this.#title.textContent = title;
    const why = whyWords(code);
    const said = why ? make("p", {}, [why]) : make("p", { lang: "en" }, [detail]);
    this.#advice.replaceChildren(...advice.map((sentence) => make("p", {}, [sentence])), said);
    said.hidden = !said.textContent;
    this.#retry.hidden = FINAL.has(problem);
    this.#leave.classList.toggle("main", FINAL.has(problem));
    this.#offer(action, Math.ceil(wait_s ?? 0));
    this.#title.focus();
  }

  hide() {
    clearInterval(this.#timer);
  }

  /** Offers the way on, once the wait is over. @param {string} action @param {number} wait_s */
  #offer(action, wait_s) {
    clearInterval(this.#timer);
    const say = () => {
      this.#retry.disabled = wait_s > 0;
      this.#retry.textContent = wait_s > 0 ? words.trouble.wait(action, wait_s) : action;
      if (wait_s <= 0) clearInterval(this.#timer);
      wait_s -= 1;
    };
    say();
    if (this.#retry.disabled) this.#timer = setInterval(say, 1000);
  }
}
