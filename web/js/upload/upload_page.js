// @ts-check
// A lesson of one's own, from a file to a dance: which of its views is shown, and what leads on.

import { AddForm } from "./upload_form.js";
import { AddProgress } from "./upload_progress.js";
import { AddTile } from "./upload_tile.js";
import { AddTrouble } from "./upload_error.js";
import { make } from "../dom.js";
import { say } from "../i18n/language.js";
import { OwnLesson, sentenceOf, troubleOf } from "./lesson_editor.js";
import { TokenField } from "./token_field.js";
import { Upload } from "./upload.js";
import { words } from "../i18n/words.js";
import { Workshop, fetchLesson } from "./upload_api.js";

/** @import { Lesson } from "../api.js" */
/** @import { Limits, Stretch } from "./upload_api.js" */
/** @typedef {{ element: HTMLElement, rest?: () => void }} View */

const CLOSED = /** @type {Limits} */ ({ allowed: false, needs_token: false, max_mb: 0, max_s: 0 });

/**
 * Events: `open` (it has something to show), `leave`, `pick` (detail a Lesson to dance), `changed`
 * (the lessons are others now).
 */
export class Adding extends EventTarget {
  #workshop = new Workshop();
  #title = make("h2", { tabindex: "-1", "data-part": "adding-title" });
  #body = make("div", { class: "adding-body" });
  #form;
  #progress = new AddProgress();
  #trouble = new AddTrouble();
  #own = new OwnLesson(this.#workshop);
  #limits = CLOSED;
  /** @type {View | null} */
  #view = null;
  /** @type {Upload | null} the one that is under way, or whose end was not looked at yet */
  #upload = null;
  #shown = false;

  /** @param {HTMLElement} root @param {HTMLElement} zone where a video can be dropped */
  constructor(root, zone) {
    super();
    this.tile = new AddTile(zone);
    this.#form = new AddForm(new TokenField(this.#workshop));
    const back = make("button", { type: "button", class: "plain back", "data-part": "adding-back", "data-say": "adding.back" });
    back.addEventListener("click", () => this.#emit("leave"));
    root.replaceChildren(make("header", { class: "adding-head" }, [back, this.#title]), this.#body);
    this.#listen();
    window.addEventListener("beforeunload", (event) => {
      if (this.#upload?.needsPage) event.preventDefault(); // the browser asks whether to go
    });
  }

  #listen() {
    const detail = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail;
    this.tile.addEventListener("file", (event) => this.#choose(detail(event)));
    this.tile.addEventListener("look", () => this.#look());
    this.#form.addEventListener("make", () => this.#send());
    this.#form.addEventListener("other", () => this.tile.choose());
    this.#progress.addEventListener("cancel", () => void this.#cancel());
    this.#trouble.addEventListener("again", () => this.#again());
    this.#trouble.addEventListener("other", () => this.tile.choose());
    for (const view of [this.#progress, this.#trouble]) {
      view.addEventListener("leave", () => this.#emit("leave"));
    }
    this.#own.addEventListener("dance", (event) => this.#emit("pick", detail(event)));
    this.#own.addEventListener("cut", (event) => this.#cut(detail(event)));
    this.#own.addEventListener("removed", () => this.#emit("leave"));
    this.#own.addEventListener("renamed", (event) => {
      this.#title.textContent = detail(event).title;
      this.#emit("changed");
    });
  }

  /** @param {string} type @param {unknown} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** What may be sent here; looks once for one that was under way before. @param {Limits | undefined} limits */
  offer(limits) {
    this.#limits = limits ?? CLOSED;
    this.tile.offer(limits);
    if (!this.#upload && this.#limits.allowed) {
      const found = Upload.found(this.#workshop);
      if (found) this.#take(found).goOn();
    }
    this.tile.show(this.#upload);
  }

  /** The page shows something else now. */
  rest() {
    this.#shown = false;
    this.#view?.rest?.();
    this.#view = null;
    this.#own.rest();
    if (this.#upload?.over) this.#close();
  }

  /** An own lesson: to look at, to change. @param {Lesson} lesson */
  edit(lesson) {
    this.#open();
    void this.#showLesson(lesson, lesson.title);
  }

  #open() {
    this.#shown = true;
    this.#emit("open");
  }

  /** @param {string} title @param {View} view */
  #show(title, view) {
    this.#title.textContent = title;
    if (this.#view === view) return;
    this.#view?.rest?.();
    this.#view = view;
    this.#body.replaceChildren(view.element);
    say(view.element);
    this.#title.focus();
  }

  /** @param {File} file */
  #choose(file) {
    this.#open();
    this.#close();
    this.#show(words.adding.formTitle, this.#form);
    this.#form.show(file, this.#limits);
  }

  #send() {
    const { file, title, part } = this.#form;
    if (file) void this.#take(Upload.of(this.#workshop, file, title, part)).begin();
    this.#tell();
  }

  /** @param {Stretch} part of the lesson that is looked at */
  #cut(part) {
    const { lesson, view } = this.#own;
    if (!lesson) return;
    if (this.#upload && !this.#upload.over) return view.refuse(words.adding.busy);
    void this.#take(Upload.of(this.#workshop, { of: lesson.id }, lesson.title, part)).begin();
    this.#tell();
  }

  /** @param {Upload} upload */
  #take(upload) {
    this.#upload = upload;
    upload.addEventListener("change", () => {
      if (upload !== this.#upload) return;
      if (upload.stage === "ready") void this.#finish(upload);
      else this.tile.show(upload);
      if (this.#follows) this.#tell();
    });
    return upload;
  }

  /** The learner looks at how far it is, and not at another lesson. */
  get #follows() {
    return this.#shown && this.#view === this.#progress;
  }

  /** Its end is known. */
  #close() {
    if (this.#upload?.over) {
      this.#upload.forget();
      this.#upload = null;
    }
    this.tile.show(this.#upload);
  }

  #look() {
    this.#open();
    if (this.#upload?.stage === "ready") void this.#showMade(this.#upload);
    else this.#tell();
  }

  /** How far it is, and how it ended; of one that is ready, `finish` tells. */
  #tell() {
    const upload = this.#upload;
    if (!upload || upload.stage === "ready") return;
    if (upload.stage === "off") return this.#calledOff(upload);
    if (upload.trouble) {
      this.#show(upload.title, this.#trouble);
      return this.#trouble.show(upload.trouble, upload.source !== null);
    }
    this.#show(words.adding.making(upload.title), this.#progress);
    this.#progress.show(upload);
  }

  /** There is a lesson; one that it is a part of has done its duty. @param {Upload} upload */
  async #finish(upload) {
    const { source } = upload;
    if (source && !(source instanceof File)) await this.#workshop.remove(source.of).catch(() => null);
    this.#emit("changed");
    this.tile.show(upload);
    if (this.#follows) await this.#showMade(upload);
  }

  /** @param {Upload} upload that is ready */
  async #showMade(upload) {
    try {
      await this.#showLesson(await fetchLesson(upload.lesson), words.adding.ready(upload.title));
    } catch (error) {
      this.#show(upload.title, this.#trouble);
      this.#trouble.show(troubleOf(error), false);
    }
    this.#close();
  }

  /** @param {Lesson} lesson @param {string} title */
  async #showLesson(lesson, title) {
    this.#show(title, this.#own.view);
    await this.#own.show(lesson, this.#limits);
  }

  /** Back to where it was sent from. @param {Upload} upload */
  #calledOff(upload) {
    const { source } = upload;
    this.#close();
    if (source instanceof File) {
      this.#show(words.adding.formTitle, this.#form);
      this.#form.show(source, this.#limits, upload);
    } else if (source && this.#own.lesson?.id === source.of) {
      void this.#showLesson(this.#own.lesson, this.#own.lesson.title);
    } else this.#emit("leave");
  }

  #again() {
    const upload = this.#upload;
    if (upload?.source instanceof File) {
      this.#show(words.adding.formTitle, this.#form);
      this.#form.show(upload.source, this.#limits, upload);
      if (upload.trouble?.code !== "token_needed") this.#send();
    } else if (upload?.source) {
      void this.#take(Upload.of(this.#workshop, upload.source, upload.title, upload.part)).begin();
      this.#tell();
    }
  }

  async #cancel() {
    this.#progress.wait();
    try {
      await this.#upload?.cancel();
    } catch (error) {
      this.#progress.refuse(sentenceOf(error));
    }
  }
}
