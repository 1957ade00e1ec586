// @ts-check
// One video on its way to a lesson, followed from this page, whatever befalls page, wire or server.

import { ApiError, Unreachable } from "../api.js";
import { forget, recall, remember } from "../storage.js";
import { delay } from "../connection/webrtc_events.js";
import { fetchJob, fetchLesson } from "./upload_api.js";

/** @import { Job, Stretch, Workshop } from "./upload_api.js" */

const LOOKS_EVERY_MS = 400;
/** The server waits 30 s for the rest of a video; after that, no more of it is taken. */
const GIVES_UP_MS = 40_000;
const KEPT = "upload";

/**
 * @typedef {File | { of: string } | null} Source  a lesson's id: a part of it; null: of a page that
 *   was closed
 * @typedef {{ id: string, title: string, part: Stretch, sent: boolean, lesson: string, of: string
 * }} Note  what this browser keeps of it; `of`: the lesson that it is a part of
 * @typedef {"sending" | "waiting" | "preparing" | "ready" | "trouble" | "off"} Stage
 * @typedef {{ code: string, detail: string }} UploadTrouble  `code`: the server's, or our own
 */

/** Event: `change`, after which `stage`, `job`, `trouble` and `unheard` may be others. */
export class Upload extends EventTarget {
  /** @type {Stage} */
  stage = "sending";
  /** @type {Job | null} as the server told it last */
  job = null;
  /** @type {UploadTrouble | null} */
  trouble = null;
  /** The server does not answer at the moment. */
  unheard = false;
  #workshop;
  #sending = new AbortController();
  #sends = false;
  #calledOff = false;
  #heard_ms = performance.now();
  #note;

  /** @param {Workshop} workshop @param {Source} source @param {Note} note */
  constructor(workshop, source, note) {
    super();
    this.#workshop = workshop;
    this.source = source;
    this.#note = note;
  }

  /** @param {Workshop} workshop @param {File | { of: string }} source @param {string} title @param {Stretch} part */
  static of(workshop, source, title, part) {
    const of = source instanceof File ? "" : source.of;
    return new Upload(workshop, source, { id: newId(), title, part, sent: false, lesson: "", of });
  }

  /** The one that this browser had under way when its page was closed. @param {Workshop} workshop */
  static found(workshop) {
    const kept = recall(KEPT);
    if (!kept) return null;
    try {
      const note = JSON.parse(kept);
      return new Upload(workshop, note.of ? { of: note.of } : null, note);
    } catch {
      return null; // not ours
    }
  }

  get title() {
    return this.#note.title;
  }

  get part() {
    return this.#note.part;
  }

  /** The lesson that is being made; "" while that is not known. */
  get lesson() {
    return this.#note.lesson;
  }

  /** Nothing will change any more. */
  get over() {
    return this.stage === "ready" || this.stage === "trouble" || this.stage === "off";
  }

  /** Only this page can go on with it. */
  get needsPage() {
    return this.#sends && this.stage === "sending" && this.source instanceof File;
  }

  /** Sends it, and follows it. */
  async begin() {
    this.#sends = true;
    this.#keep({});
    void this.#follow();
    try {
      this.#hear(await this.#send());
    } catch (error) {
      await this.#failed(error);
    }
  }

  /** Follows one that was sent before. */
  async goOn() {
    if (this.#note.sent) this.stage = "waiting";
    await this.#look();
    await this.#follow();
  }

  #send() {
    const { signal } = this.#sending;
    const { id: job, title, part } = this.#note;
    if (this.source instanceof File) return this.#workshop.send(this.source, { job, title, part }, signal);
    return this.#workshop.cut(this.#note.of, { job, title, part }, signal);
  }

  async #follow() {
    while (!this.over) {
      await delay(LOOKS_EVERY_MS);
      if (!this.over) await this.#look();
    }
  }

  async #look() {
    try {
      this.#hear(await fetchJob(this.#note.id));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) await this.#unknown();
      else this.#missed();
    }
  }

  #missed() {
    if (this.over) return;
    const silent_ms = performance.now() - this.#heard_ms;
    if (this.needsPage && silent_ms > GIVES_UP_MS) this.#fail("broken_upload", "");
    else if (!this.unheard) this.#become({ unheard: true });
  }

  /** No job of this name: it is not there yet, or the server has begun anew since. */
  async #unknown() {
    if (this.over || (this.#sends && this.stage === "sending")) return;
    const { sent, lesson } = this.#note;
    if (!sent) return this.#fail("broken_upload", "");
    const made = lesson ? await fetchLesson(lesson).catch(() => null) : null;
    if (made) this.#become({ stage: "ready" });
    else this.#fail("server_forgot", "");
  }

  /** @param {Job} job */
  #hear(job) {
    if (this.over) return;
    this.job = job;
    this.#heard_ms = performance.now();
    this.#keep({ sent: this.#note.sent || job.state !== "uploading", lesson: job.lesson });
    if (job.state === "failed") this.#fail(job.code ?? "", job.error ?? "");
    else if (job.state === "cancelled") this.#ended();
    else this.#become({ stage: job.state === "uploading" ? "sending" : job.state, unheard: false });
  }

  /** Called off: by us, or by the server that stops, or from another page. */
  #ended() {
    if (this.#calledOff) this.#become({ stage: "off" });
    else this.#fail("called_off", "");
  }

  /** The answer to the sending is no success, or none came. @param {unknown} error */
  async #failed(error) {
    if (this.over) return;
    if (error instanceof ApiError) return this.#fail(error.code, error.detail);
    if (!(error instanceof Unreachable)) return this.#fail("", String(error));
    const job = await fetchJob(this.#note.id).catch(() => null);
    if (job && job.state !== "uploading") this.#hear(job); // all of it came, and its answer did not
    else this.#fail("broken_upload", "");
  }

  /** @param {string} code @param {string} detail */
  #fail(code, detail) {
    this.#sending.abort(); // what still goes out is of no use
    this.#become({ stage: "trouble", trouble: { code, detail } });
  }

  /** @param {Partial<Pick<Upload, "stage" | "trouble" | "unheard">>} now */
  #become(now) {
    if (this.over) return;
    Object.assign(this, now);
    if (this.stage === "off") forget(KEPT);
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Calls it off, here and on the server.
   * @throws {ApiError} the server does not let us
   * @throws {Unreachable} the server does not hear us, and goes on
   */
  async cancel() {
    const sending = this.needsPage;
    this.#calledOff = true;
    if (sending) this.#become({ stage: "off" });
    this.#sending.abort();
    try {
      await this.#workshop.cancel(this.#note.id);
    } catch (error) {
      const gone = error instanceof ApiError && error.status === 404;
      if (gone || sending) return this.#become({ stage: "off" }); // what was being sent ends by itself
      this.#calledOff = false;
      throw error;
    }
    if (!this.over) this.#become({ stage: "off" });
  }

  /** @param {Partial<Note>} more */
  #keep(more) {
    this.#note = { ...this.#note, ...more };
    const note = JSON.stringify(this.#note);
    if (note !== recall(KEPT)) remember(KEPT, note);
  }

  /** The learner has seen what came of it. */
  forget() {
    forget(KEPT);
  }
}

/** Cannot be guessed: whoever knows it can follow the job. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
