// @ts-check
// What the teacher sees of a class: how to come in, who waits, the lesson or their own picture, the
// controls for everybody, the learners as tiles, what to say, and the class over time.

import { make } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { Toast } from "../../feedback/toast.js";
import { formatInteger } from "../../i18n/formats.js";
import { translate } from "../../i18n/language.js";
import { words } from "../../i18n/words.js";
import { recordingSentence } from "../class_texts.js";
import { ClassCode } from "./class_code.js";
import { ClassTransport } from "./class_transport.js";
import { CourseView } from "./course_view.js";
import { CuePanel } from "./cue_panel.js";
import { Microphone } from "./microphone.js";
import { TileGrid } from "./tile_grid.js";
import { WaitingList } from "./waiting_list.js";

/** @import { LessonState } from "../../connection/protocol.js" */
/** @import { OpenedClass } from "../class_api.js" */
/** @import { ClassStatus, Recording } from "../class_messages.js" */

/**
 * Emits `end` when the class is to end, `keep` with whether it becomes a lesson, `retry` to connect again,
 * `camera` to open it again.
 * @extends {Emitter<{ end: void, keep: boolean, retry: void, camera: void }>}
 */
export class TeacherView extends Emitter {
  video = make("video", { muted: "", playsinline: "", "data-part": "class-video", "data-i18n-aria-label": "classes.picture" });
  code = new ClassCode();
  waiting = new WaitingList();
  transport = new ClassTransport(this.video);
  microphone = new Microphone();
  cues = new CuePanel();
  tiles = new TileGrid();
  course = new CourseView();
  #root;
  #title = make("h2", { id: "teaching-title", tabindex: "-1", "data-part": "class-heading" });
  #here = make("p", { class: "class-here", "data-part": "class-here" });
  #state = make("p", { class: "class-state", role: "status", "data-part": "class-state" });
  #notice = make("p", { class: "class-notice", role: "alert", "data-part": "class-notice" });
  #progress = make("span", { class: "quiet", role: "timer", "data-part": "class-progress" });
  #act = make("button", { type: "button", class: "small main", hidden: "", "data-part": "class-act" });
  #keep = make("input", { type: "checkbox", id: "class-keep", "data-part": "class-keep", "aria-describedby": "class-keep-note" });
  #recording = make("p", { class: "class-recording", role: "status", "data-part": "class-recording" });
  #keepRow = make("div", { class: "setting class-keep", hidden: "" }, [
    make("label", { for: "class-keep" }, [this.#keep, make("span", { "data-i18n": "classes.keep" })]),
    make("p", { class: "quiet", id: "class-keep-note", "data-i18n": "classes.keepNote" }),
    this.#recording,
  ]);
  #nobody = make("p", { class: "quiet class-nobody", "data-i18n": "classes.nobodyYet" });
  #choose = make("p", { class: "quiet", "data-i18n": "classes.chooseNote" });
  #dialog;
  #toast;
  /** In the page only while a class is taught: the stage has controls of the same names. */
  #content;
  /** What the button beside the notice does. @type {() => void} */
  #onAct = () => {};

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    this.#dialog = this.#endDialog();
    const toast = make("p", { class: "toast", role: "status", "data-part": "class-toast" });
    this.#toast = new Toast(toast);
    this.#act.addEventListener("click", () => this.#onAct());
    this.#keep.addEventListener("change", () => this.emit("keep", this.#keep.checked));
    this.transport.on("end", () => this.#dialog.showModal());
    this.transport.on("toast", (sentence) => this.toast(sentence));
    this.microphone.on("problem", (sentence) => this.toast(sentence));
    this.cues.on("everybody", () => this.tiles.chooseAll());
    this.#content = [
      make("header", { class: "teach-head" }, [this.#title, this.#here, this.#state, this.microphone.button]),
      make("div", { class: "teach-notice" }, [this.#notice, this.#progress, this.#act]),
      make("div", { class: "teach-body" }, [
        make("div", { class: "teach-side" }, [
          make("figure", { class: "teach-picture" }, [this.video]), this.code.element, this.waiting.element, this.#keepRow, this.course.element,
        ]),
        make("div", { class: "teach-main" }, [
          this.transport.element, this.cues.element,
          make("section", { class: "teach-tiles", "aria-labelledby": "tiles-title" }, [
            make("h3", { class: "hidden", id: "tiles-title", "data-i18n": "classes.tiles" }), this.#nobody, this.tiles.element, this.#choose,
          ]),
        ]),
      ]), this.#dialog, toast,
    ];
  }

  #endDialog() {
    const cancel = make("button", { type: "button", "data-part": "class-end-no", "data-i18n": "classes.endNo" });
    const confirm = make("button", { type: "button", class: "danger", "data-part": "class-end-yes", "data-i18n": "classes.end" });
    const dialog = make("dialog", { class: "confirm-delete", "aria-labelledby": "class-end-title" }, [
      make("h3", { id: "class-end-title", "data-i18n": "classes.endTitle" }), make("p", { "data-i18n": "classes.endNote" }),
      make("p", { class: "actions" }, [confirm, cancel]),
    ]);
    cancel.addEventListener("click", () => dialog.close());
    confirm.addEventListener("click", () => {
      dialog.close();
      this.emit("end");
    });
    return dialog;
  }

  /** @param {OpenedClass} opened @param {string} poster shown until a picture comes; "" for none */
  open(opened, poster) {
    this.#root.replaceChildren(...this.#content);
    if (poster) this.video.setAttribute("poster", poster);
    else this.video.removeAttribute("poster");
    this.#root.dataset.kind = opened.kind;
    this.#title.textContent = opened.title;
    this.code.show(opened);
    this.waiting.show([]);
    this.tiles.clear();
    this.cues.reset();
    this.#keepRow.hidden = opened.kind !== "live";
    this.#showRecording(opened.keep, null);
    this.showNotice("");
    this.showCount(0, opened.max_learners);
    this.showState("");
    this.showNobody(true);
    this.course.show([], null, null, 0, false);
    this.update();
    this.#title.focus();
  }

  /** Shows it in the current language. */
  update() {
    this.microphone.update();
    translate(this.#root);
  }

  /** @param {ClassStatus} status */
  showStatus({ present, max_learners, waiting, keep, recording = null }) {
    this.showCount(present, max_learners);
    this.waiting.show(waiting);
    this.#showRecording(keep, recording);
  }

  /** @param {boolean} keep @param {Recording | null} recording null: nothing is known of it yet */
  #showRecording(keep, recording) {
    this.#keep.checked = keep;
    this.#keep.disabled = recording?.state === "refused";
    this.#recording.dataset.state = recording?.state ?? "";
    const sentence = recordingSentence(recording);
    if (this.#recording.textContent !== sentence) this.#recording.textContent = sentence;
  }

  /** @param {number} present @param {number} most */
  showCount(present, most) {
    this.#here.textContent = words.classes.here(formatInteger(present), formatInteger(most));
  }

  /** @param {boolean} isEmpty no learner is in the class yet */
  showNobody(isEmpty) {
    this.#nobody.hidden = !isEmpty;
    this.#choose.hidden = isEmpty;
  }

  /** @param {LessonState | ""} state of the class */
  showState(state) {
    this.#root.dataset.state = state;
    this.#state.textContent = state ? words.classes.begun[state] : "";
    this.transport.show(state);
    if (state === "counting" || state === "playing") this.code.fold();
  }

  /**
   * Says what is wrong until it is not any more.
   * @param {string} sentence "" for nothing @param {string} [action] on a button @param {() => void} [onAct]
   * @param {string} [progress] that changes all the time, so it is not read out
   */
  showNotice(sentence, action = "", onAct = () => {}, progress = "") {
    this.#progress.textContent = progress;
    if (this.#notice.textContent !== sentence) this.#notice.textContent = sentence;
    this.#act.hidden = !action;
    this.#act.textContent = action;
    this.#onAct = onAct;
  }

  /** @param {string} sentence */
  toast(sentence) {
    this.#toast.show(sentence);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.#dialog.open) this.transport.onKey(event);
  }

  close() {
    this.#dialog.close();
    this.transport.close();
    this.microphone.close();
    this.video.srcObject = null;
    this.#root.replaceChildren();
  }
}
