// @ts-check
// Where a teacher opens a class: its title, what is danced, how many, who lets them in.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { MOST_LEARNERS } from "./class_api.js";

/** @import { Lesson } from "../api.js" */
/** @import { ClassWish } from "./class_api.js" */

const MAX_TITLE = 80, USUAL_LEARNERS = 20;

/**
 * Emits `wish` with the class to open.
 * @extends {Emitter<{ wish: ClassWish, leave: void }>}
 */
export class ClassForm extends Emitter {
  #heading = make("h2", { id: "class-form-title", tabindex: "-1", "data-i18n": "classes.form.title" });
  #title = make("input", { type: "text", maxlength: String(MAX_TITLE), autocomplete: "off", "data-part": "class-title" });
  #lessonKind = radio("lesson", true);
  #liveKind = radio("live", false);
  #lesson = make("select", { "data-part": "class-lesson" });
  #which = field("which", this.#lesson);
  #most = make("input", { type: "number", min: "1", max: String(MOST_LEARNERS), step: "1", required: "", "data-part": "class-most" });
  #asked = checkbox("class-asked");
  #leaderboard = checkbox("class-leaderboard");
  #keep = checkbox("class-form-keep");
  #keepOption = option(this.#keep, "keep");
  #mayKeep = false;
  #error = make("p", { class: "refusal", role: "alert", "data-part": "class-error" });
  #create = make("button", { type: "submit", class: "main", "data-part": "class-create", "data-i18n": "classes.form.create" });

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    const back = make("button", { type: "button", class: "plain", "data-part": "class-form-back", "data-i18n": "classes.form.back" });
    back.addEventListener("click", () => this.emit("leave"));
    for (const kind of [this.#lessonKind, this.#liveKind]) {
      kind.input.addEventListener("change", () => this.#onKind());
    }
    const form = make("form", { class: "editor-form class-form" }, [
      field("name", this.#title),
      make("fieldset", { class: "class-kinds" }, [
        make("legend", { "data-i18n": "classes.form.kind" }), this.#lessonKind.label, this.#liveKind.label,
      ]),
      this.#which, field("learners", this.#most), option(this.#asked, "asked"), option(this.#leaderboard, "leaderboard"),
      this.#keepOption, this.#error, make("p", { class: "actions" }, [this.#create]),
    ]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#error.textContent = "";
      this.emit("wish", this.#wish());
    });
    root.replaceChildren(
      make("header", { class: "history-head" }, [back, this.#heading]), make("section", { class: "block" }, [form]));
  }

  /** @returns {ClassWish} */
  #wish() {
    const isLive = this.#liveKind.input.checked;
    const title = this.#title.value.trim();
    return {
      ...(isLive ? { live: true } : { lesson: this.#lesson.value }), ...(title && { title }),
      max_learners: this.#most.valueAsNumber, admission: this.#asked.checked ? "ask" : "open",
      leaderboard: this.#leaderboard.checked, ...(isLive && this.#mayKeep && { keep: this.#keep.checked }),
    };
  }

  #onKind() {
    const isLive = this.#liveKind.input.checked;
    this.#which.hidden = isLive;
    this.#keepOption.hidden = !isLive || !this.#mayKeep;
  }

  /** @param {Lesson[]} lessons that the server has @param {boolean} mayKeep it takes lessons from this page */
  open(lessons, mayKeep) {
    this.#mayKeep = mayKeep;
    this.#lesson.replaceChildren(...lessons.map(({ id, title }) => make("option", { value: id }, [title])));
    this.#lessonKind.label.hidden = lessons.length === 0;
    (lessons.length ? this.#lessonKind : this.#liveKind).input.checked = true;
    this.#most.value ||= String(USUAL_LEARNERS);
    this.#error.textContent = "";
    this.#create.disabled = false;
    this.#onKind();
    this.#heading.focus();
  }

  /** @param {boolean} isBusy the server is being asked */
  setBusy(isBusy) {
    this.#create.disabled = isBusy;
  }

  /** @param {string} sentence */
  showError(sentence) {
    this.#error.textContent = sentence;
  }
}

/** @param {string} name of its text @param {HTMLElement} control */
const field = (name, control) => make("label", { class: "field" }, [make("span", { "data-i18n": `classes.form.${name}` }), control]);

/** @param {string} part */
const checkbox = (part) => make("input", { type: "checkbox", id: part, "data-part": part, "aria-describedby": `${part}-note` });

/** @param {HTMLInputElement} box @param {string} name of its text */
const option = (box, name) => make("div", { class: "setting" }, [
  make("label", { for: box.id }, [box, make("span", { "data-i18n": `classes.form.${name}` })]),
  make("p", { class: "quiet", id: `${box.id}-note`, "data-i18n": `classes.form.${name}Note` }),
]);

/** @param {"lesson" | "live"} kind @param {boolean} isChecked */
function radio(kind, isChecked) {
  const input = make("input", { type: "radio", name: "class-kind", value: kind });
  input.checked = isChecked;
  const label = make("label", { class: "class-kind" }, [input, make("span", {}, [
    make("strong", { "data-i18n": `classes.form.${kind}` }), make("small", { class: "quiet", "data-i18n": `classes.form.${kind}Note` }),
  ])]);
  return { input, label };
}
