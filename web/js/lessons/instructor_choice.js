// @ts-check
// Whom each dancer follows, in a lesson with several instructors.

import { make } from "../dom.js";
import { words } from "../i18n/words.js";
import { readStorage, writeStorage } from "../storage.js";
import { dancerName, placeOf } from "./dancers_choice.js";

/** @import { Lesson } from "../api.js" */
/** @import { Group } from "./dancers_choice.js" */

/** @param {Lesson} lesson @param {number} place */
const storageKey = ({ id }, place) => `follows:${id}:${place}`;

/** The instructors' numbers, from left to right in the lesson's picture. @param {Lesson} lesson */
const fromLeft = ({ instructors = [] }) =>
  instructors.map((_, number) => number).sort((a, b) => instructors[a].x - instructors[b].x);

/**
 * Whom the one in that place follows: whom they chose; else, of as many dancers as instructors, who
 * stands in the same place, and otherwise the first.
 * @param {Lesson} lesson @param {number} dancers @param {number} place
 */
function instructorOf(lesson, dancers, place) {
  const numbers = fromLeft(lesson);
  const chosen = Number(readStorage(storageKey(lesson, place)) ?? -1);
  if (numbers.includes(chosen)) return chosen;
  return dancers > 1 && dancers === numbers.length ? numbers[place] : 0;
}

/**
 * Whom each dancer follows, by the server's numbers; nothing where there is no choice.
 * @param {Lesson} lesson @param {number} dancers @returns {number[] | undefined}
 */
export function chosenInstructors(lesson, dancers) {
  if ((lesson.instructors?.length ?? 1) < 2) return undefined;
  return Array.from({ length: dancers }, (_, dancer) => instructorOf(lesson, dancers, placeOf(dancer, dancers)));
}

/** @param {number} index from the left @param {number} count */
function instructorName(index, count) {
  const { left, middle, right, fromTheLeft } = words.group.instructors;
  if (count > 3) return fromTheLeft(index + 1);
  if (index === 0) return left;
  return index === count - 1 ? right : middle;
}

/** One list for each dancer to choose from; null where there is no choice. @param {Lesson} lesson @param {Group} group */
export function instructorChoice(lesson, group) {
  const numbers = fromLeft(lesson);
  if (numbers.length < 2) return null;
  const labels = Array.from({ length: group.dancers }, (_, place) => {
    const chosen = instructorOf(lesson, group.dancers, place);
    const select = make("select", { "data-part": `follows-${place + 1}` }, numbers.map((number, index) => {
      const option = make("option", { value: String(number) }, [instructorName(index, numbers.length)]);
      option.selected = number === chosen;
      return option;
    }));
    select.addEventListener("change", () => writeStorage(storageKey(lesson, place), select.value));
    const text = group.dancers > 1 ? words.group.follows(dancerName(group, place)) : words.group.youFollow;
    return make("label", {}, [make("span", {}, [text]), select]);
  });
  return make("div", { class: "follows" }, labels);
}
