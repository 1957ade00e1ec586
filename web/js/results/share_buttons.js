// @ts-check
// The report as a picture: saved, or handed to whatever this device shares with.

import { thumbnailsUrl } from "../api.js";
import { drawCard } from "./share_image.js";
import { make } from "../dom.js";
import { words } from "../i18n/words.js";

/** @import { Card } from "./share_image.js" */

/** Two buttons; nothing is drawn before one of them is pressed, and nothing leaves the device by itself. */
export class Share {
  #share = make("button", { type: "button", "data-part": "share-card", "data-say": "report.share" });
  #said = make("p", { role: "status", class: "quiet" });
  /** @type {Omit<Card, "sprite"> | null} */
  #card = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    const save = make("button", { type: "button", "data-part": "save-card", "data-say": "report.save" });
    const probe = new File([], "report.png", { type: "image/png" });
    this.#share.hidden = !navigator.canShare?.({ files: [probe] });
    root.replaceChildren(save, this.#share, this.#said);
    save.addEventListener("click", () => this.#with(download));
    this.#share.addEventListener("click", () => this.#with((file) => navigator.share({ files: [file] })));
  }

  /** @param {Omit<Card, "sprite">} card */
  offer(card) {
    this.#card = card;
    this.#said.textContent = "";
  }

  /** @param {(file: File) => void | Promise<void>} use */
  async #with(use) {
    if (!this.#card) return;
    try {
      await use(await picture(this.#card));
      this.#said.textContent = "";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return; // they chose not to
      this.#said.textContent = words.report.shareFailed;
    }
  }
}

/** @param {Omit<Card, "sprite">} card */
async function picture(card) {
  const canvas = drawCard({ ...card, sprite: await spriteOf(card.lesson) });
  /** @type {Blob | null} */
  const data = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!data) throw new Error("expected a PNG of the canvas, got none");
  const name = `tandem-${card.lesson.id}-${Math.round(card.figures.value ?? 0)}.png`;
  return new File([data], name, { type: "image/png" });
}

/** The lesson's pictures; none where they cannot be had. @param {Card["lesson"]} lesson */
async function spriteOf({ id, thumbnails }) {
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
