// @ts-check
// The report at a class's end: who danced how, over time, and where it was hard; as a table and as a file.

import { make } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { formatInteger } from "../../i18n/formats.js";
import { words } from "../../i18n/words.js";
import { keptSentence, placeText } from "../class_texts.js";
import { headings, meanText, shownRow } from "./class_table.js";
import { coursePlot } from "./course_view.js";

/** @import { ClassReport, KeptClass, ReportRow } from "../class_api.js" */

/**
 * Emits `leave`, `csv` to download it, `again` when a report that failed is wanted once more, and `lesson`
 * with the id of the lesson that the class has become.
 * @extends {Emitter<{ leave: void, csv: void, again: void, lesson: string }>}
 */
export class ClassReportView extends Emitter {
  #root;
  #title = make("h2", { id: "class-report-title", tabindex: "-1" });
  #lead = make("p", { class: "lead", role: "status", "data-part": "class-report-lead" });
  #kept = make("p", { role: "status", hidden: "", "data-part": "class-kept-state" });
  #lesson = make("button", { type: "button", hidden: "", "data-part": "class-lesson-open", "data-i18n": "classes.kept.open" });
  #table = make("div", { class: "class-table", "data-part": "class-table" });
  #passages = make("ul", { class: "passages", "data-part": "class-passages" });
  #plot = make("div", {});
  #body;
  #csv = make("button", { type: "button", class: "main", "data-part": "class-csv", "data-i18n": "classes.report.csv" });
  #again = make("button", { type: "button", class: "main", hidden: "", "data-part": "class-report-again", "data-i18n": "classes.report.again" });
  /** @type {ClassReport | null} */
  #report = null;
  /** @type {KeptClass | null} */
  #keptClass = null;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
    const leave = make("button", { type: "button", "data-part": "class-leave", "data-i18n": "classes.report.leave" });
    leave.addEventListener("click", () => this.emit("leave"));
    this.#csv.addEventListener("click", () => this.emit("csv"));
    this.#lesson.addEventListener("click", () => this.emit("lesson", this.#keptClass?.lesson ?? ""));
    this.#again.addEventListener("click", () => this.emit("again"));
    this.#body = make("div", { class: "class-report-body", hidden: "" }, [
      make("section", { class: "block wide" }, [make("h3", { "data-i18n": "classes.report.learners" }), this.#table]),
      make("section", { class: "block" }, [make("h3", { "data-i18n": "classes.overTime" }), this.#plot]),
      make("section", { class: "block" }, [make("h3", { "data-i18n": "classes.report.passages" }), this.#passages]),
    ]);
    root.replaceChildren(
      make("header", { class: "class-report-head" }, [
        this.#title, this.#lead, this.#kept, make("p", { class: "actions" }, [this.#lesson, this.#csv, this.#again, leave]),
      ]), this.#body);
  }

  /** The report is not there yet, or did not come. @param {string} title of the class @param {boolean} failed */
  showProgress(title, failed) {
    this.#report = null;
    this.#title.textContent = title;
    this.#body.hidden = this.#csv.hidden = true;
    this.showKept(null);
    this.#again.hidden = !failed;
    this.#lead.textContent = failed ? words.classes.report.failed : words.classes.report.making;
    this.#title.focus();
  }

  /** The class goes on in another window. @param {string} title of the class */
  showElsewhere(title) {
    this.showProgress(title, false);
    this.#lead.textContent = words.classes.elsewhere;
  }

  /** @param {string} sentence */
  showError(sentence) {
    this.#lead.textContent = sentence;
  }

  /** What becomes of the class as a lesson. @param {KeptClass | null} kept null: nothing, nobody wanted it */
  showKept(kept) {
    this.#keptClass = kept;
    this.#kept.hidden = !kept;
    const sentence = kept ? keptSentence(kept) : "";
    if (this.#kept.textContent !== sentence) this.#kept.textContent = sentence;
    this.#lesson.hidden = kept?.state !== "ready";
  }

  /** @param {ClassReport} report */
  show(report) {
    this.#report = report;
    const { title, learners, timeline, passages, hardest, lesson } = report;
    const t = words.classes.report;
    this.#title.textContent = `${t.title}: ${title}`;
    this.#lead.textContent = learners.length ? t.sum(formatInteger(learners.length), meanText(learners)) : t.none;
    this.#again.hidden = true;
    this.#body.hidden = this.#csv.hidden = learners.length === 0;
    this.#table.replaceChildren(makeTable(learners));
    const scored = timeline.flatMap(([at_s, score]) => (score === null ? [] : [/** @type {[number, number]} */ ([at_s, score])]));
    this.#plot.replaceChildren(coursePlot(scored, hardest, lesson?.duration_s ?? 0));
    this.#passages.replaceChildren(...passages.map(({ from_s, to_s, failing, of }) => make("li", {}, [
      make("span", {}, [words.classes.report.passage(placeText(from_s, to_s), formatInteger(failing), formatInteger(of))]),
    ])));
    if (!passages.length) this.#passages.replaceChildren(make("li", {}, [words.classes.report.noPassage]));
  }

  /** Shows it in the current language. */
  update() {
    if (this.#report) this.show(this.#report);
    this.showKept(this.#keptClass);
  }

  /** Hands a file to the browser. @param {Blob} file @param {string} name */
  download(file, name) {
    const url = URL.createObjectURL(file);
    const link = make("a", { href: url, download: name });
    this.#root.append(link); // Firefox follows only links of the page
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }
}

/** The roles are there because a narrow page lays rows out as cards. @param {ReportRow[]} learners */
function makeTable(learners) {
  const names = headings();
  const row = (/** @type {string[]} */ [name, ...values]) => make("tr", { role: "row" }, [
    make("th", { scope: "row", role: "rowheader" }, [make("bdi", {}, [name])]),
    ...values.map((value, k) => make("td", { role: "cell", "data-heading": names[k + 1] }, [value])),
  ]);
  return make("table", { role: "table" }, [
    make("thead", { role: "rowgroup" }, [
      make("tr", { role: "row" }, names.map((name) => make("th", { scope: "col", role: "columnheader" }, [name]))),
    ]),
    make("tbody", { role: "rowgroup" }, learners.map((learner) => row(shownRow(learner)))),
  ]);
}
