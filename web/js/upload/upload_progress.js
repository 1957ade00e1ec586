// @ts-check
// The progress of an upload, step by step.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import { progressText, timeLeftText } from "./upload_sentences.js";

/** @import { Upload } from "./upload.js" */

/** The steps of a job in their order. */
const STEPS = ["upload", "waiting", "cut", "poses", "pictures", "sound"];

/** @extends {Emitter<{ cancel: void, leave: void }>} */
export class UploadProgress extends Emitter {
  #list = make("ol", { class: "steps", "data-part": "steps" });
  #bar = make("progress", { max: "1", "data-part": "bar" });
  #left = make("p", { class: "quiet time-left", "data-part": "left" });
  #advice = make("p", { "data-part": "advice-adding" });
  #refusal = make("p", { class: "refusal", role: "alert", "data-part": "cancel-trouble" });
  #cancel = make("button", { type: "button", "data-part": "call-off", "data-i18n": "upload.cancelUpload" });
  /** For screen readers, once for each step. */
  #announcer = make("p", { class: "hidden", role: "status" });

  constructor() {
    super();
    const leave = make("button", { type: "button", "data-part": "adding-leave", "data-i18n": "upload.lessons" });
    this.element = make("div", { class: "editor-single" }, [
      this.#list, this.#bar, this.#left, this.#advice, this.#refusal, this.#announcer,
      make("p", { class: "actions" }, [leave, this.#cancel]),
    ]);
    this.#cancel.addEventListener("click", () => this.emit("cancel"));
    leave.addEventListener("click", () => this.emit("leave"));
  }

  /** @param {Upload} upload */
  show(upload) {
    const { job, stage } = upload;
    const current = stepOf(upload);
    const isCut = upload.part.from_s !== null || upload.part.to_s !== null;
    const steps = STEPS.filter((step) => step !== "cut" || isCut);
    this.#list.replaceChildren(...steps.map((step) => {
      const order = STEPS.indexOf(step) - STEPS.indexOf(current);
      const state = order < 0 ? "done" : order === 0 ? "now" : "next";
      const progress = state === "now" && job ? progressText(job) : "";
      return make("li", { "data-state": state, ...(state === "now" && { "aria-current": "step" }) }, [
        make("span", {}, [words.upload.steps[step]]), make("span", { class: "quiet" }, [progress]),
      ]);
    }));
    this.#showTexts(upload, current);
    this.#bar.setAttribute("aria-label", words.upload.steps[current]);
    if (stage !== "sending" && !job?.progress) this.#bar.removeAttribute("value"); // not known yet
    else this.#bar.value = job?.progress ?? 0;
    this.#cancel.disabled = false;
    this.#refusal.textContent = "";
  }

  /** @param {Upload} upload @param {string} step */
  #showTexts(upload, step) {
    const { job, stage } = upload;
    const queue = stage === "waiting" && job?.ahead ? words.upload.ahead(job.ahead) : "";
    const silence = upload.needsPage ? words.upload.serverSilentSending : words.upload.serverSilent;
    this.#left.textContent = upload.serverSilent ? silence : queue || timeLeftText(job?.eta_s ?? null);
    this.#advice.textContent = upload.needsPage ? words.upload.keepOpen : words.upload.mayClose;
    const announcement = words.upload.steps[step];
    if (this.#announcer.textContent !== announcement) this.#announcer.textContent = announcement;
  }

  /** It is being cancelled. */
  disableCancel() {
    this.#cancel.disabled = true;
  }

  /** It could not be cancelled. @param {string} reason */
  showRefusal(reason) {
    this.#refusal.textContent = reason;
    this.#cancel.disabled = false;
  }
}

/** The current step. @param {Upload} upload */
export function stepOf({ stage, job }) {
  if (stage === "sending") return "upload";
  if (stage === "waiting") return "waiting";
  return job?.step && STEPS.includes(job.step) ? job.step : "poses";
}
