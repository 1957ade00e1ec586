// @ts-check
// Lessons of one's own, from a file to a dance: it decides which of its views is shown.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { translate } from "../i18n/language.js";
import { words } from "../i18n/words.js";
import { LessonEditor } from "./lesson_editor.js";
import { TokenField } from "./token_field.js";
import { Upload } from "./upload.js";
import { UploadApi, fetchLesson } from "./upload_api.js";
import { UploadErrorPanel } from "./upload_error_panel.js";
import { UploadForm } from "./upload_form.js";
import { UploadProgress } from "./upload_progress.js";
import { toUploadError, uploadErrorSentence } from "./upload_sentences.js";
import { UploadTile } from "./upload_tile.js";

/** @import { Lesson } from "../api.js" */
/** @import { UploadLimits, VideoPart } from "./upload_api.js" */
/** @typedef {{ element: HTMLElement, hide?: () => void }} View */

const CLOSED = /** @type {UploadLimits} */ ({ allowed: false, needs_token: false, max_mb: 0, max_s: 0 });

/**
 * Emits `open` when it has something to show, `pick` with a lesson to dance, and `changed` when the
 * server's lessons changed.
 * @extends {Emitter<{ open: void, leave: void, pick: Lesson, changed: void }>}
 */
export class UploadPage extends Emitter {
  #api = new UploadApi();
  #title = make("h2", { tabindex: "-1", "data-part": "adding-title" });
  #body = make("div", { class: "adding-body" });
  #form;
  #progress = new UploadProgress();
  #errorPanel = new UploadErrorPanel();
  #editor = new LessonEditor(this.#api);
  #limits = CLOSED;
  /** @type {View | null} */
  #view = null;
  /** @type {Upload | null} the current one, or one whose result was not looked at yet */
  #upload = null;
  #isOpen = false;

  /** @param {HTMLElement} root @param {HTMLElement} zone where a video can be dropped */
  constructor(root, zone) {
    super();
    this.tile = new UploadTile(zone);
    this.#form = new UploadForm(new TokenField(this.#api));
    const back = make("button", { type: "button", class: "plain back", "data-part": "adding-back", "data-i18n": "upload.back" });
    back.addEventListener("click", () => this.emit("leave"));
    root.replaceChildren(make("header", { class: "adding-head" }, [back, this.#title]), this.#body);
    this.#listen();
    window.addEventListener("beforeunload", (event) => {
      if (this.#upload?.needsPage) event.preventDefault(); // the browser asks whether to leave
    });
  }

  #listen() {
    this.tile.on("file", (file) => this.#chooseFile(file));
    this.tile.on("open", () => this.#openUpload());
    this.#form.on("submit", () => this.#send());
    this.#form.on("other", () => this.tile.chooseFile());
    this.#progress.on("cancel", () => void this.#cancel());
    this.#progress.on("leave", () => this.emit("leave"));
    this.#errorPanel.on("again", () => this.#sendAgain());
    this.#errorPanel.on("other", () => this.tile.chooseFile());
    this.#errorPanel.on("leave", () => this.emit("leave"));
    this.#editor.on("dance", (lesson) => this.emit("pick", lesson));
    this.#editor.on("cut", (part) => this.#cut(part));
    this.#editor.on("removed", () => this.emit("leave"));
    this.#editor.on("renamed", ({ title }) => {
      this.#title.textContent = title;
      this.emit("changed");
    });
  }

  /** Sets what may be uploaded, and resumes an upload of an earlier page. @param {UploadLimits | undefined} limits */
  setLimits(limits) {
    this.#limits = limits ?? CLOSED;
    this.tile.setLimits(limits);
    if (!this.#upload && this.#limits.allowed) {
      const restored = Upload.restore(this.#api);
      if (restored) void this.#setUpload(restored).resume();
    }
    this.tile.show(this.#upload);
  }

  /** The page shows something else now. */
  hide() {
    this.#isOpen = false;
    this.#view?.hide?.();
    this.#view = null;
    this.#editor.hide();
    if (this.#upload?.isOver) this.#dismissUpload();
  }

  /** Shows a lesson of one's own, to look at and to change. @param {Lesson} lesson */
  edit(lesson) {
    this.#open();
    void this.#showLesson(lesson, lesson.title);
  }

  #open() {
    this.#isOpen = true;
    this.emit("open");
  }

  /** @param {string} title @param {View} view */
  #show(title, view) {
    this.#title.textContent = title;
    if (this.#view === view) return;
    this.#view?.hide?.();
    this.#view = view;
    this.#body.replaceChildren(view.element);
    translate(view.element);
    this.#title.focus();
  }

  /** @param {File} file */
  #chooseFile(file) {
    this.#open();
    this.#dismissUpload();
    this.#show(words.upload.formTitle, this.#form);
    this.#form.show(file, this.#limits);
  }

  #send() {
    const { file, title, part } = this.#form;
    if (file) void this.#setUpload(Upload.create(this.#api, file, title, part)).start();
    this.#showUpload();
  }

  /** @param {VideoPart} part of the lesson in the editor */
  #cut(part) {
    const { lesson, view } = this.#editor;
    if (!lesson) return;
    if (this.#upload && !this.#upload.isOver) return view.showRefusal(words.upload.busy);
    void this.#setUpload(Upload.create(this.#api, { of: lesson.id }, lesson.title, part)).start();
    this.#showUpload();
  }

  /** @param {Upload} upload */
  #setUpload(upload) {
    this.#upload = upload;
    upload.on("change", () => {
      if (upload !== this.#upload) return;
      if (upload.stage === "ready") void this.#onReady(upload);
      else this.tile.show(upload);
      if (this.#showsProgress) this.#showUpload();
    });
    return upload;
  }

  /** The learner looks at the progress, and not at another lesson. */
  get #showsProgress() {
    return this.#isOpen && this.#view === this.#progress;
  }

  /** Forgets an upload whose result the learner has seen. */
  #dismissUpload() {
    if (this.#upload?.isOver) {
      this.#upload.forget();
      this.#upload = null;
    }
    this.tile.show(this.#upload);
  }

  #openUpload() {
    this.#open();
    if (this.#upload?.stage === "ready") void this.#showResult(this.#upload);
    else this.#showUpload();
  }

  /** Shows the progress, or how it failed; `#onReady` shows a lesson that is ready. */
  #showUpload() {
    const upload = this.#upload;
    if (!upload || upload.stage === "ready") return;
    if (upload.stage === "off") return this.#onCancelled(upload);
    if (upload.error) {
      this.#show(upload.title, this.#errorPanel);
      return this.#errorPanel.show(upload.error, upload.source !== null);
    }
    this.#show(words.upload.making(upload.title), this.#progress);
    this.#progress.show(upload);
  }

  /** The lesson is there; if it is a part of another one, that one is deleted. @param {Upload} upload */
  async #onReady(upload) {
    const { source } = upload;
    if (source && !(source instanceof File)) await this.#api.remove(source.of).catch(() => null);
    this.emit("changed");
    this.tile.show(upload);
    if (this.#showsProgress) await this.#showResult(upload);
  }

  /** @param {Upload} upload that is ready */
  async #showResult(upload) {
    try {
      await this.#showLesson(await fetchLesson(upload.lesson), words.upload.ready(upload.title));
    } catch (error) {
      this.#show(upload.title, this.#errorPanel);
      this.#errorPanel.show(toUploadError(error), false);
    }
    this.#dismissUpload();
  }

  /** @param {Lesson} lesson @param {string} title */
  async #showLesson(lesson, title) {
    this.#show(title, this.#editor.view);
    await this.#editor.show(lesson, this.#limits);
  }

  /** Goes back to where it was sent from. @param {Upload} upload */
  #onCancelled(upload) {
    const { source } = upload;
    this.#dismissUpload();
    if (source instanceof File) {
      this.#show(words.upload.formTitle, this.#form);
      this.#form.show(source, this.#limits, upload);
    } else if (source && this.#editor.lesson?.id === source.of) {
      void this.#showLesson(this.#editor.lesson, this.#editor.lesson.title);
    } else this.emit("leave");
  }

  #sendAgain() {
    const upload = this.#upload;
    if (upload?.source instanceof File) {
      this.#show(words.upload.formTitle, this.#form);
      this.#form.show(upload.source, this.#limits, upload);
      if (upload.error?.code !== "token_needed") this.#send();
    } else if (upload?.source) {
      void this.#setUpload(Upload.create(this.#api, upload.source, upload.title, upload.part)).start();
      this.#showUpload();
    }
  }

  async #cancel() {
    this.#progress.disableCancel();
    try {
      await this.#upload?.cancel();
    } catch (error) {
      this.#progress.showRefusal(uploadErrorSentence(error));
    }
  }
}
