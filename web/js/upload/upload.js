// @ts-check
// One video on its way to a lesson: it is sent and followed, even if the page, the network or the
// server fails in between.

import { ApiError, ServerUnreachable } from "../api.js";
import { Emitter } from "../emitter.js";
import { delay } from "../promises.js";
import { clearStorage, readStorage, writeStorage } from "../storage.js";
import { fetchJob, fetchLesson } from "./upload_api.js";

/** @import { Job, UploadApi, VideoPart } from "./upload_api.js" */

const POLL_MS = 400;
/** The server waits 30 s for the rest of a video; after that it accepts no more of it. */
const SEND_TIMEOUT_MS = 40_000;
const KEY = "upload";

/**
 * @typedef {File | { of: string } | null} UploadSource  `of`: id of the lesson that a part is cut from;
 *   null: the video was sent by a page that is closed now
 * @typedef {{ id: string, title: string, part: VideoPart, sent: boolean, lesson: string, of: string
 * }} StoredUpload  what this browser stores about it
 * @typedef {"sending" | "waiting" | "preparing" | "ready" | "trouble" | "off"} UploadStage  `off`:
 *   cancelled
 * @typedef {{ code: string, detail: string }} UploadError  `code`: the server's, or one of our own
 */

/**
 * Emits `change` after `stage`, `job`, `error` or `serverSilent` changed.
 * @extends {Emitter<{ change: void }>}
 */
export class Upload extends Emitter {
  /** @type {UploadStage} */
  stage = "sending";
  /** @type {Job | null} as the server reported it last */
  job = null;
  /** @type {UploadError | null} */
  error = null;
  /** The server does not answer at the moment. */
  serverSilent = false;
  #api;
  #abort = new AbortController();
  #sends = false;
  #cancelled = false;
  #answer_ms = performance.now();
  #stored;

  /** @param {UploadApi} api @param {UploadSource} source @param {StoredUpload} stored */
  constructor(api, source, stored) {
    super();
    this.#api = api;
    this.source = source;
    this.#stored = stored;
  }

  /** @param {UploadApi} api @param {File | { of: string }} source @param {string} title @param {VideoPart} part */
  static create(api, source, title, part) {
    const of = source instanceof File ? "" : source.of;
    return new Upload(api, source, { id: newId(), title, part, sent: false, lesson: "", of });
  }

  /** The upload that was under way when this browser closed the page, if any. @param {UploadApi} api */
  static restore(api) {
    const text = readStorage(KEY);
    if (!text) return null;
    try {
      const stored = JSON.parse(text);
      return new Upload(api, stored.of ? { of: stored.of } : null, stored);
    } catch {
      return null; // something else wrote it
    }
  }

  get title() {
    return this.#stored.title;
  }

  get part() {
    return this.#stored.part;
  }

  /** Id of the lesson that is being made; "" while it is not known. */
  get lesson() {
    return this.#stored.lesson;
  }

  /** Nothing changes any more. */
  get isOver() {
    return this.stage === "ready" || this.stage === "trouble" || this.stage === "off";
  }

  /** It fails if this page is closed. */
  get needsPage() {
    return this.#sends && this.stage === "sending" && this.source instanceof File;
  }

  /** Sends and follows it. */
  async start() {
    this.#sends = true;
    this.#store({});
    void this.#follow();
    try {
      this.#onJob(await this.#send());
    } catch (error) {
      await this.#onSendFailed(error);
    }
  }

  /** Follows one that was sent before. */
  async resume() {
    if (this.#stored.sent) this.stage = "waiting";
    await this.#poll();
    await this.#follow();
  }

  #send() {
    const { signal } = this.#abort;
    const { id: job, title, part } = this.#stored;
    if (this.source instanceof File) return this.#api.send(this.source, { job, title, part }, signal);
    return this.#api.cut(this.#stored.of, { job, title, part }, signal);
  }

  async #follow() {
    while (!this.isOver) {
      await delay(POLL_MS);
      if (!this.isOver) await this.#poll();
    }
  }

  async #poll() {
    try {
      this.#onJob(await fetchJob(this.#stored.id));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) await this.#onUnknownJob();
      else this.#onNoAnswer();
    }
  }

  #onNoAnswer() {
    if (this.isOver) return;
    const silent_ms = performance.now() - this.#answer_ms;
    if (this.needsPage && silent_ms > SEND_TIMEOUT_MS) this.#fail("broken_upload", "");
    else if (!this.serverSilent) this.#update({ serverSilent: true });
  }

  /** The server does not know the job: it does not exist yet, or the server was restarted. */
  async #onUnknownJob() {
    if (this.isOver || (this.#sends && this.stage === "sending")) return;
    const { sent, lesson } = this.#stored;
    if (!sent) return this.#fail("broken_upload", "");
    const made = lesson ? await fetchLesson(lesson).catch(() => null) : null;
    if (made) this.#update({ stage: "ready" });
    else this.#fail("server_forgot", "");
  }

  /** @param {Job} job */
  #onJob(job) {
    if (this.isOver) return;
    this.job = job;
    this.#answer_ms = performance.now();
    this.#store({ sent: this.#stored.sent || job.state !== "uploading", lesson: job.lesson });
    if (job.state === "failed") this.#fail(job.code ?? "", job.error ?? "");
    else if (job.state === "cancelled") this.#onCancelled();
    else this.#update({ stage: job.state === "uploading" ? "sending" : job.state, serverSilent: false });
  }

  /** By this page; or by a server that stops, or from another page. */
  #onCancelled() {
    if (this.#cancelled) this.#update({ stage: "off" });
    else this.#fail("called_off", "");
  }

  /** @param {unknown} error */
  async #onSendFailed(error) {
    if (this.isOver) return;
    if (error instanceof ApiError) return this.#fail(error.code, error.detail);
    if (!(error instanceof ServerUnreachable)) return this.#fail("", String(error));
    const job = await fetchJob(this.#stored.id).catch(() => null);
    if (job && job.state !== "uploading") this.#onJob(job); // it all arrived, only the answer did not
    else this.#fail("broken_upload", "");
  }

  /** @param {string} code @param {string} detail */
  #fail(code, detail) {
    this.#abort.abort(); // what is still being sent is useless
    this.#update({ stage: "trouble", error: { code, detail } });
  }

  /** @param {Partial<Pick<Upload, "stage" | "error" | "serverSilent">>} changes */
  #update(changes) {
    if (this.isOver) return;
    Object.assign(this, changes);
    if (this.stage === "off") clearStorage(KEY);
    this.emit("change");
  }

  /**
   * Cancels it, here and on the server.
   * @throws {ApiError} the server refuses
   * @throws {ServerUnreachable} the server cannot be reached, and goes on
   */
  async cancel() {
    const wasSending = this.needsPage;
    this.#cancelled = true;
    if (wasSending) this.#update({ stage: "off" });
    this.#abort.abort();
    try {
      await this.#api.cancel(this.#stored.id);
    } catch (error) {
      const isGone = error instanceof ApiError && error.status === 404;
      if (isGone || wasSending) return this.#update({ stage: "off" }); // a broken upload ends by itself
      this.#cancelled = false;
      throw error;
    }
    if (!this.isOver) this.#update({ stage: "off" });
  }

  /** @param {Partial<StoredUpload>} changes */
  #store(changes) {
    this.#stored = { ...this.#stored, ...changes };
    const text = JSON.stringify(this.#stored);
    if (text !== readStorage(KEY)) writeStorage(KEY, text);
  }

  /** The learner has seen the result, so the next page need not show it. */
  forget() {
    clearStorage(KEY);
  }
}

/** An id that cannot be guessed, because whoever knows it can follow the job. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
