// @ts-check
// The newest score of each dancer, and what they say together about whether the lesson can go on.

import { placeOf } from "../../lessons/dancers_choice.js";

/** @import { Joint, Score } from "../../connection/protocol.js" */

const MIN_JOINTS = 4;

export class GroupScores {
  /** @type {(Score | undefined)[]} by the place from left to right */
  #scores = [];
  #dancers = 1;

  /** @param {number} dancers */
  reset(dancers) {
    this.#dancers = dancers;
    this.#scores = Array.from({ length: dancers });
  }

  /** @param {Score} score @returns {number} the place from left to right that it is of */
  take(score) {
    const place = placeOf(score.dancer ?? 0, this.#dancers);
    if (place >= 0 && place < this.#dancers) this.#scores[place] = score;
    return place;
  }

  /** The newest score in that place. @param {number} place */
  at(place) {
    return this.#scores[place];
  }

  /**
   * One score for all: a pose of whoever is seen, and what is wrong with anybody's place. While the
   * lesson waits because nobody was in view, it is enough that one is back.
   * @param {Score} latest @param {boolean} oneIsEnough
   * @returns {Score}
   */
  together(latest, oneIsEnough) {
    const known = this.#scores.filter((score) => score !== undefined);
    const seen = known.find(({ pose }) => isSeen(pose));
    const lists = known.map(({ framing }) => framing ?? null).filter((framing) => framing !== null);
    const shortest = [...lists].sort((a, b) => a.length - b.length)[0] ?? null;
    const all = lists.length === this.#dancers ? [...new Set(lists.flat())] : null;
    const framing = (oneIsEnough ? shortest : all)?.map((problem) => (problem === "crowd" ? "strangers" : problem));
    return { ...latest, pose: (seen ?? latest).pose, framing: framing ?? null };
  }
}

/** @param {Joint[] | null} pose */
const isSeen = (pose) => (pose ?? []).filter(([x]) => x !== null).length >= MIN_JOINTS;
