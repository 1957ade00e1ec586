// @ts-check
// The last tile of the lessons: it adds a lesson of one's own, or shows how far the current one is.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import { stepOf } from "./upload_progress.js";
import { limitsSentence, timeLeftText } from "./upload_sentences.js";

/** @import { Upload } from "./upload.js" */
/** @import { UploadLimits } from "./upload_api.js" */

/**
 * Emits `file` with the video that was chosen, and `open` to look at the current upload.
 * @extends {Emitter<{ file: File, open: void }>}
 */
export class UploadTile extends Emitter {
  element = make("li", { class: "adding-tile", "data-part": "own" });
  #file = make("input", { type: "file", accept: "video/*,.mkv,.webm,.mov,.mp4", hidden: "", "data-part": "file" });
  #title = make("span", { class: "card-title" });
  #facts = make("span", { class: "card-facts" });
  #bar = make("progress", { max: "1", "aria-hidden": "true" });
  #button;
  /** @type {UploadLimits | null} */
  #limits = null;
  #busy = false;

  /** @param {HTMLElement} zone where a video can be dropped */
  constructor(zone) {
    super();
    this.#button = make("button", { type: "button", class: "card", "data-part": "add" }, [
      make("span", { class: "card-picture plus", "aria-hidden": "true" }),
      make("span", { class: "card-words" }, [this.#title, this.#facts, this.#bar]),
    ]);
    this.#button.addEventListener("click", () => {
      if (this.#busy) this.emit("open");
      else this.chooseFile();
    });
    this.#file.addEventListener("change", () => {
      this.#take(this.#file.files);
      this.#file.value = ""; // so that the same file can be chosen again
    });
    this.#acceptDrops(zone);
  }

  /** Opens the browser's file dialog. */
  chooseFile() {
    this.#file.click();
  }

  /** Shows what may be uploaded; nothing if uploads are not allowed. @param {UploadLimits | undefined} limits */
  setLimits(limits) {
    this.#limits = limits?.allowed ? limits : null;
    const closed = limits?.why_code === "no_token" ? [make("p", { class: "quiet" }, [words.upload.closed])] : [];
    this.element.replaceChildren(...(this.#limits ? [this.#button, this.#file] : closed));
    this.element.hidden = !this.element.childElementCount;
    this.show(null);
  }

  /** Shows the progress, and then the result. @param {Upload | null} upload */
  show(upload) {
    this.#busy = upload !== null && upload.stage !== "off";
    this.#button.dataset.stage = upload?.stage ?? "off";
    this.#bar.hidden = !upload || upload.isOver;
    if (!upload || !this.#busy) {
      this.#title.textContent = words.upload.add;
      this.#facts.textContent = this.#limits ? limitsSentence(this.#limits) : "";
    } else if (upload.isOver) {
      const isReady = upload.stage === "ready";
      this.#title.textContent = isReady ? words.upload.ready(upload.title) : upload.title;
      this.#facts.textContent = isReady ? words.upload.look : words.upload.failed;
    } else {
      const left = timeLeftText(upload.job?.eta_s ?? null);
      this.#title.textContent = words.upload.making(upload.title);
      this.#facts.textContent = words.upload.steps[stepOf(upload)] + (left && ` · ${left}`);
      this.#bar.value = upload.job?.progress ?? 0;
    }
  }

  /** @param {HTMLElement} zone */
  #acceptDrops(zone) {
    const isAccepted = (/** @type {DragEvent} */ event) =>
      this.#limits && !this.#busy && event.dataTransfer?.types.includes("Files");
    const highlight = (/** @type {boolean} */ isOver) => {
      this.#button.classList.toggle("dropping", isOver);
      if (!this.#busy) this.#title.textContent = isOver ? words.upload.drop : words.upload.add;
    };
    zone.addEventListener("dragover", (event) => {
      event.preventDefault(); // otherwise the browser leaves the page and plays the file
      if (isAccepted(event)) highlight(true);
    });
    zone.addEventListener("dragleave", (event) => {
      if (!zone.contains(/** @type {Node | null} */ (event.relatedTarget))) highlight(false);
    });
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!isAccepted(event)) return;
      highlight(false);
      this.#take(event.dataTransfer?.files ?? null);
    });
  }

  /** @param {FileList | null} files */
  #take(files) {
    if (files?.length) this.emit("file", files[0]);
  }
}
