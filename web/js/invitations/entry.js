// @ts-check
// Comes in with a token. What fails for a moment is tried again; the token is kept in this tab until then,
// and nowhere else once the server has answered.

import { ApiError } from "../api.js";
import { Emitter } from "../emitter.js";
import { readTabStorage, writeTabStorage } from "../storage.js";
import { enter } from "./invitation_api.js";

const KEY = "invitation";
/** Before each try; the last one repeats: whoever holds a link waits for nothing else. */
const PAUSES_S = [1, 2, 4, 8, 15, 30];
const LONGEST_S = 120; // a server may ask for more patience, but not for a day
/** A server that is open to everybody: the link does no harm there. */
const OPEN = "invitations_off";
const LATER = new Set([408, 425, 429]);

/** Whether the same token may be accepted in a moment. @param {unknown} error */
export const isTemporary = (error) =>
  !(error instanceof ApiError) || error.status >= 500 || LATER.has(error.status);

/**
 * How long to wait before the next try, in seconds.
 * @param {number} tries that failed, 1 or more @param {unknown} error of the last one
 */
export function pauseAfter(tries, error) {
  const asked_s = error instanceof ApiError ? error.retryAfter_s ?? 0 : 0;
  return Math.min(Math.max(PAUSES_S[Math.min(tries, PAUSES_S.length) - 1], asked_s), LONGEST_S);
}

/**
 * Emits `changed` when a later try has come in, was refused, or failed for another reason.
 * @extends {Emitter<{ changed: void }>}
 */
export class Entry extends Emitter {
  #token = readTabStorage(KEY) ?? "";
  #tries = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<void> | null} the try that is under way */
  #trying = null;
  /** Why the last try did not let this page in: an error's code, "unreachable", or "". */
  problem = "";

  constructor() {
    super();
    window.addEventListener("online", () => { if (this.#timer !== undefined) void this.tryAgain(); });
  }

  /** Whether it holds a token that the server has neither accepted nor refused. */
  get isWaiting() {
    return this.#token !== "";
  }

  /** Comes in with a token instead of any before. @param {string} token */
  async use(token) {
    await this.#trying;
    this.#keep(token);
    this.#tries = 0;
    await this.tryNow();
  }

  /** Tries now if it holds a token; resolves with the outcome in `problem` and `isWaiting`. */
  async tryNow() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.isWaiting) this.#trying ??= this.#try().finally(() => { this.#trying = null; });
    await this.#trying;
  }

  /** As `tryNow`, and says so if that changed anything. */
  async tryAgain() {
    const before = this.problem;
    await this.tryNow();
    if (!this.isWaiting || this.problem !== before) this.emit("changed");
  }

  /** Forgets the token. */
  forget() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#keep("");
    this.problem = "";
  }

  async #try() {
    const token = this.#token;
    this.problem = "";
    try {
      await enter(token);
      if (this.#token === token) this.#keep("");
    } catch (error) {
      if (this.#token === token) this.#onError(error); // it may have been forgotten meanwhile
    }
  }

  /** @param {unknown} error */
  #onError(error) {
    const code = error instanceof ApiError ? error.code : "";
    if (code !== OPEN) this.problem = code || "unreachable";
    if (!isTemporary(error)) return this.#keep("");
    this.#tries += 1;
    this.#timer = setTimeout(() => void this.tryAgain(), pauseAfter(this.#tries, error) * 1000);
  }

  /** @param {string} token "" forgets it */
  #keep(token) {
    this.#token = token;
    writeTabStorage(KEY, token);
  }
}
