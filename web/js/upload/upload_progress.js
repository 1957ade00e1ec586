// @ts-check
// How far a video is on its way to a lesson, step by step.

import { doneWords, leftWords } from "./upload_sentences.js";
import { make } from "../dom.js";
import { words } from "../i18n/words.js";

/** @import { Upload } from "./upload.js" */

/** Where the steps of a job stand in the list. */
const ORDER = ["upload", "waiting", "cut", "poses", "pictures", "sound"];

/** Events: `cancel`, `leave`. */
export class AddProgress extends EventTarget {
  #list = make("ol", { class: "steps", "data-part": "steps" });
  #bar = make("progress", { max: "1", "data-part": "bar" });
  #left = make("p", { class: "quiet left", "data-part": "left" });
  #advice = make("p", { "data-part": "advice-adding" });
  #said = make("p", { class: "refusal", role: "alert", "data-part": "cancel-trouble" });
  #cancel = make("button", { type: "button", "data-part": "call-off", "data-say": "adding.call" });
  /** Said to screen readers, once for each step. */
  #spoken = make("p", { class: "hidden", role: "status" });

  constructor() {
    super();
    const leave = make("button", { type: "button", "data-part": "adding-leave", "data-say": "adding.lessons" });
    this.element = make("div", { class: "bench-one" }, [
      this.#list, this.#bar, this.#left, this.#advice, this.#said, this.#spoken,
      make("p", { class: "actions" }, [leave, this.#cancel]),
    ]);
    this.#cancel.addEventListener("click", () => this.dispatchEvent(new Event("cancel")));
    leave.addEventListener("click", () => this.dispatchEvent(new Event("leave")));
  }

  /** @param {Upload} upload */
  show(upload) {
    const { job, stage } = upload;
    const now = stepOf(upload);
    const cuts = upload.part.from_s !== null || upload.part.to_s !== null;
    const shown = ORDER.filter((step) => step !== "cut" || cuts);
    this.#list.replaceChildren(...shown.map((step) => {
      const place = ORDER.indexOf(step) - ORDER.indexOf(now);
      const state = place < 0 ? "done" : place === 0 ? "now" : "next";
      const done = state === "now" && job ? doneWords(job) : "";
      return make("li", { "data-state": state, ...(state === "now" && { "aria-current": "step" }) }, [
        make("span", {}, [words.adding.steps[step]]), make("span", { class: "quiet" }, [done]),
      ]);
    }));
    this.#tell(upload, now);
    this.#bar.setAttribute("aria-label", words.adding.steps[now]);
    if (stage !== "sending" && !job?.progress) this.#bar.removeAttribute("value"); // nobody knows yet
    else this.#bar.value = job?.progress ?? 0;
    this.#cancel.disabled = false;
    this.#said.textContent = "";
  }

  /** @param {Upload} upload @param {string} now */
  #tell(upload, now) {
    const { job, stage } = upload;
    const ahead = stage === "waiting" && job?.ahead ? words.adding.ahead(job.ahead) : "";
    const unheard = upload.needsPage ? words.adding.unheardSending : words.adding.unheard;
    this.#left.textContent = upload.unheard ? unheard : ahead || leftWords(job?.eta_s ?? null);
    this.#advice.textContent = upload.needsPage ? words.adding.keepOpen : words.adding.mayGo;
    if (this.#spoken.textContent !== words.adding.steps[now]) this.#spoken.textContent = words.adding.steps[now];
  }

  /** It is being called off. */
  wait() {
    this.#cancel.disabled = true;
  }

  /** It could not be called off. @param {string} why */
  refuse(why) {
    this.#said.textContent = why;
    this.#cancel.disabled = false;
  }
}

/** @param {Upload} upload */
export function stepOf({ stage, job }) {
  if (stage === "sending") return "upload";
  if (stage === "waiting") return "waiting";
  return job?.step && ORDER.includes(job.step) ? job.step : "poses";
}
