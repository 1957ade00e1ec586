// @ts-check
// The common result of several dancers: each one's score, and who danced which passage best.

import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { formatClock, formatInteger } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { dancerName, placeOf } from "../lessons/dancers_choice.js";
import { gradeLetter } from "./report_text.js";

/** @import { DancerSummary, GroupPassage, Summary } from "../connection/protocol.js" */
/** @import { Group } from "../lessons/dancers_choice.js" */

/** A dancer's place from left to right, what they are called, and their result. @typedef {{ place: number, name: string, summary: DancerSummary }} Dancer */

/** Everybody from left to right. @param {Summary} summary @param {Group} group @returns {Dancer[]} */
export function listDancers({ dancers }, group) {
  const found = (dancers ?? []).map((summary) => {
    const place = placeOf(summary.dancer, dancers?.length ?? 1);
    return { place, name: dancerName(group, place), summary };
  });
  return found.sort((a, b) => a.place - b.place);
}

/** Emits `dancer` with the place of who is to be reported on. @extends {Emitter<{ dancer: number }>} */
export class GroupView extends Emitter {
  #root;

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.#root = root;
  }

  /** @param {Dancer[]} dancers nobody, or one: nothing is shown @param {GroupPassage[]} passages @param {number} chosen */
  show(dancers, passages, chosen) {
    this.#root.hidden = dancers.length < 2;
    if (this.#root.hidden) return this.#root.replaceChildren();
    const buttons = dancers.map((dancer) => this.#button(dancer, dancer.place === chosen));
    this.#root.replaceChildren(
      make("h3", {}, [words.group.together]),
      make("p", { class: "group-best" }, [bestSentence(dancers, passages)]),
      make("div", { class: "group-dancers", role: "group", "aria-label": words.group.whose }, buttons),
      ...(passages.length ? [passageTable(dancers, passages)] : []),
    );
  }

  /** @param {Dancer} dancer @param {boolean} isChosen */
  #button({ place, name, summary }, isChosen) {
    const points = summary.score === null ? words.report.unknown : formatInteger(summary.score);
    const button = make("button", {
      type: "button", "data-place": String(place + 1), "aria-pressed": String(isChosen),
    }, [
      make("span", { class: "dancer-name", "aria-hidden": "true" }, [String(place + 1)]),
      make("bdi", { class: "dancer-name" }, [name]), make("strong", {}, [points]),
      make("span", {}, [gradeLetter(summary.grade)]),
    ]);
    button.addEventListener("click", () => this.emit("dancer", place));
    return button;
  }
}

/** Who was best in how many passages. @param {Dancer[]} dancers @param {GroupPassage[]} passages */
function bestSentence(dancers, passages) {
  const wins = dancers.map(({ name, summary }) =>
    ({ name, won: passages.filter(({ best }) => best === summary.dancer).length }));
  const [first, second] = [...wins].sort((a, b) => b.won - a.won);
  if (!first.won || first.won === second.won) return words.group.even;
  return words.group.wonMost(first.name, first.won, passages.length);
}

/** @param {Dancer[]} dancers @param {GroupPassage[]} passages */
function passageTable(dancers, passages) {
  const head = make("tr", {}, [
    make("td"),
    ...dancers.map(({ place, name }) =>
      make("th", { scope: "col", class: "dancer-name", "data-place": String(place + 1) }, [
        make("span", { "aria-hidden": "true" }, [String(place + 1)]), // names would not fit on a phone
        make("span", { class: "hidden" }, [name]),
      ])),
  ]);
  const rows = passages.map(({ from_s, to_s, scores, best }) => make("tr", {}, [
    make("th", { scope: "row" }, [`${formatClock(from_s)} – ${formatClock(to_s)}`]),
    ...dancers.map(({ place, summary }) => {
      const score = scores[summary.dancer] ?? null;
      const isBest = best === summary.dancer;
      return make("td", { "data-place": String(place + 1), ...(isBest && { class: "won" }) }, [
        score === null ? words.report.unknown : formatInteger(score),
        ...(isBest ? [make("span", { class: "hidden" }, [`, ${words.group.best}`])] : []),
      ]);
    }),
  ]));
  return make("table", { class: "group-passages" }, [
    make("caption", {}, [words.group.passages]), make("thead", {}, [head]), make("tbody", {}, rows),
  ]);
}
