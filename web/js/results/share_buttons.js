// @ts-check
// The report as an image: it can be saved, or shared with what this device offers.

import { thumbnailsUrl } from "../api.js";
import { make } from "../dom.js";
import { words } from "../i18n/words.js";
import { drawShareImage } from "./share_image.js";

/** @import { Lesson } from "../api.js" */
/** @import { ShareReport } from "./share_image.js" */

/** Two buttons. Nothing is drawn before one is pressed, and nothing leaves the device by itself. */
export class ShareButtons {
  #share = make("button", { type: "button", "data-part": "share-card", "data-i18n": "report.share" });
  #status = make("p", { role: "status", class: "quiet" });
  /** @type {ShareReport | null} */
  #report = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    const save = make("button", { type: "button", "data-part": "save-card", "data-i18n": "report.save" });
    const probe = new File([], "report.png", { type: "image/png" });
    this.#share.hidden = !navigator.canShare?.({ files: [probe] });
    root.replaceChildren(save, this.#share, this.#status);
    save.addEventListener("click", () => this.#createImage(download));
    this.#share.addEventListener("click", () => this.#createImage((file) => navigator.share({ files: [file] })));
  }

  /** @param {ShareReport} report */
  setReport(report) {
    this.#report = report;
    this.#status.textContent = "";
  }

  /** @param {(file: File) => void | Promise<void>} use */
  async #createImage(use) {
    if (!this.#report) return;
    try {
      await use(await createFile(this.#report));
      this.#status.textContent = "";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return; // the learner cancelled
      this.#status.textContent = words.report.shareFailed;
    }
  }
}

/** @param {ShareReport} report */
async function createFile(report) {
  const canvas = drawShareImage(report, await loadSprite(report.lesson));
  /** @type {Blob | null} */
  const data = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!data) throw new Error("expected a PNG of the canvas, got none");
  const name = `tandem-${report.lesson.id}-${Math.round(report.text.value ?? 0)}.png`;
  return new File([data], name, { type: "image/png" });
}

/** The lesson's thumbnails; null if they cannot be loaded. @param {Lesson} lesson */
async function loadSprite({ id, thumbnails }) {
  if (!thumbnails) return null;
  const image = new Image();
  image.src = thumbnailsUrl(id);
  return image.decode().then(() => image, () => null);
}

/** @param {File} file */
function download(file) {
  const url = URL.createObjectURL(file);
  const link = make("a", { href: url, download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // the browser reads it meanwhile
}
