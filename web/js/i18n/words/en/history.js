// @ts-check
// The page of results.

export const history = {
  title: "Results", back: "Lessons", lesson: "Lesson", all: "All lessons",
  progress: "Progress", list: "Lesson by lesson", board: "Best of everybody",
  none: "Nothing is kept under this name yet.",
  noneOfThis: "Nothing of this lesson is kept under this name yet.",
  noName: "Type a name on the page of lessons, and what you dance from then on is found here.",
  noBoard: "Nobody has danced this lesson to its end and got a grade yet.",
  pickForBoard: "Choose a lesson to see who danced it best.",
  older: "Show older ones", report: "Report", unfinished: "not to the end", you: "you",
  takeOut: "Take it with you", deletes: "Delete my results…",
  confirm: "Delete them", cancel: "Keep them", again: "Try again",
  /** @param {string} name */
  titleOf: (name) => `Results of ${name}`,
  /** @param {string} kind */
  everything: (kind) => `Everything as ${kind}`,
  /** @param {string} lesson @param {string} at */
  reportOf: (lesson, at) => `Report: ${lesson}, ${at}`,
  /** @param {string} name */
  deleteTitle: (name) => `Delete the results of ${name}?`,
  /** @param {string} name */
  consequences: (name) => [
    `Everything that this server keeps under the name ${name} goes: every score, grade, timeline and `
      + "time, in all lessons, and the places among the best. It cannot be brought back.",
    "This browser forgets the name and the last scores, too.",
  ],
  /** @param {string} name */
  deleted: (name) => `Nothing is kept under the name ${name} any more.`,
  /** @param {number} count @param {string} scores oldest first */
  progressOf: (count, scores) => `Scores of ${count} lessons danced, the oldest first: ${scores}`,
};
