// @ts-check
// Behind the lessons: the way to one of one's own, and how far the one is that is under way.

import { stepOf } from "./upload_progress.js";
import { leftWords, limitWords } from "./upload_sentences.js";
import { make } from "../dom.js";
import { words } from "../i18n/words.js";

/** @import { Upload } from "./upload.js" */
/** @import { Limits } from "./upload_api.js" */

/** Events: `file` (detail a File), `look` (at the one that is under way). */
export class AddTile extends EventTarget {
  element = make("li", { class: "adding-tile", "data-part": "own" });
  #file = make("input", { type: "file", accept: "video/*,.mkv,.webm,.mov,.mp4", hidden: "", "data-part": "file" });
  #title = make("span", { class: "card-title" });
  #words = make("span", { class: "card-facts" });
  #bar = make("progress", { max: "1", "aria-hidden": "true" });
  #button;
  /** @type {Limits | null} */
  #limits = null;
  #busy = false;

  /** @param {HTMLElement} zone where a video can be dropped */
  constructor(zone) {
    super();
    this.#button = make("button", { type: "button", class: "card", "data-part": "add" }, [
      make("span", { class: "card-picture plus", "aria-hidden": "true" }),
      make("span", { class: "card-words" }, [this.#title, this.#words, this.#bar]),
    ]);
    this.#button.addEventListener("click", () => {
      if (this.#busy) this.dispatchEvent(new Event("look"));
      else this.choose();
    });
    this.#file.addEventListener("change", () => {
      this.#take(this.#file.files);
      this.#file.value = ""; // so that the same one can be chosen again
    });
    this.#acceptDrops(zone);
  }

  /** Asks for a file. */
  choose() {
    this.#file.click();
  }

  /** What may be sent here; nothing is offered where nothing may be. @param {Limits | undefined} limits */
  offer(limits) {
    this.#limits = limits?.allowed ? limits : null;
    const closed = limits?.why_code === "no_token" ? [make("p", { class: "quiet" }, [words.adding.closed])] : [];
    this.element.replaceChildren(...(this.#limits ? [this.#button, this.#file] : closed));
    this.element.hidden = !this.element.childElementCount;
    this.show(null);
  }

  /** How far it is, and what came of it. @param {Upload | null} upload */
  show(upload) {
    this.#busy = upload !== null && upload.stage !== "off";
    this.#button.dataset.stage = upload?.stage ?? "off";
    this.#bar.hidden = !upload || upload.over;
    if (!upload || !this.#busy) {
      this.#title.textContent = words.adding.add;
      this.#words.textContent = this.#limits ? limitWords(this.#limits) : "";
    } else if (upload.over) {
      this.#title.textContent = upload.stage === "ready" ? words.adding.ready(upload.title) : upload.title;
      this.#words.textContent = upload.stage === "ready" ? words.adding.look : words.adding.failed;
    } else {
      const left = leftWords(upload.job?.eta_s ?? null);
      this.#title.textContent = words.adding.making(upload.title);
      this.#words.textContent = words.adding.steps[stepOf(upload)] + (left && ` · ${left}`);
      this.#bar.value = upload.job?.progress ?? 0;
    }
  }

  /** @param {HTMLElement} zone */
  #acceptDrops(zone) {
    const carriesFile = (/** @type {DragEvent} */ event) =>
      this.#limits && !this.#busy && event.dataTransfer?.types.includes("Files");
    const mark = (/** @type {boolean} */ over) => {
      this.#button.classList.toggle("dropping", over);
      if (!this.#busy) this.#title.textContent = over ? words.adding.drop : words.adding.add;
    };
    zone.addEventListener("dragover", (event) => {
      event.preventDefault(); // else the browser would leave the page and play the file
      if (carriesFile(event)) mark(true);
    });
    zone.addEventListener("dragleave", (event) => {
      if (!zone.contains(/** @type {Node | null} */ (event.relatedTarget))) mark(false);
    });
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!carriesFile(event)) return;
      mark(false);
      this.#take(event.dataTransfer?.files ?? null);
    });
  }

  /** @param {FileList | null} files */
  #take(files) {
    if (files?.length) this.dispatchEvent(new CustomEvent("file", { detail: files[0] }));
  }
}
