// @ts-check
// Keeps the screen on while somebody dances two metres away from it.

export class ScreenWakeLock {
  #wanted = false;
  /** @type {Promise<WakeLockSentinel | null> | null} */
  #lock = null;

  constructor() {
    // The browser releases the lock of a hidden page, so it is requested again.
    document.addEventListener("visibilitychange", () => void this.#apply());
  }

  /** @param {boolean} wanted */
  keep(wanted) {
    this.#wanted = wanted;
    void this.#apply();
  }

  async #apply() {
    const wanted = this.#wanted && document.visibilityState === "visible";
    if (wanted && !this.#lock) {
      // The browser refuses it on a low battery; the lesson goes on without it.
      this.#lock = navigator.wakeLock?.request("screen").catch(() => null) ?? null;
    } else if (!wanted && this.#lock) {
      const lock = this.#lock;
      this.#lock = null;
      await (await lock)?.release();
    }
  }
}
