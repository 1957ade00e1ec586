// @ts-check
// Keeps the screen on while someone dances two metres away from it.

export class Awake {
  #wanted = false;
  /** @type {Promise<WakeLockSentinel | null> | null} */
  #lock = null;

  constructor() {
    // A hidden page loses its lock without a word, so it is asked for again.
    document.addEventListener("visibilitychange", () => void this.#settle());
  }

  /** @param {boolean} wanted */
  keep(wanted) {
    this.#wanted = wanted;
    void this.#settle();
  }

  async #settle() {
    const wanted = this.#wanted && document.visibilityState === "visible";
    if (wanted && !this.#lock) {
      // Refused on low battery; the lesson goes on all the same.
      this.#lock = navigator.wakeLock?.request("screen").catch(() => null) ?? null;
    } else if (!wanted && this.#lock) {
      const held = this.#lock;
      this.#lock = null;
      await (await held)?.release();
    }
  }
}
