// @ts-check
// The stored results.

export const history = {
  title: "Results", back: "Lessons", lesson: "Lesson", all: "All lessons",
  progress: "Progress", list: "Lesson by lesson", board: "Leaderboard",
  none: "No results are stored under this name yet.",
  noneOfThis: "No results of this lesson are stored under this name yet.",
  noName: "Enter a name above the lessons, and the results of what you dance from then on appear here.",
  noBoard: "Nobody has danced this lesson to the end and got a grade yet.",
  pickForBoard: "Choose a lesson to see who danced it best.",
  older: "Show older results", report: "Report", unfinished: "not finished", you: "you",
  exportTitle: "Export your results", deletes: "Delete my results…",
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
    `Everything that this server stores under the name ${name} is deleted: every score, grade, timeline `
      + "and time, in all lessons, and the places on the leaderboards. This cannot be undone.",
    "This browser forgets the name and the last scores, too.",
  ],
  /** @param {string} name */
  deleted: (name) => `Nothing is stored under the name ${name} any more.`,
  /** @param {number} count @param {string} scores oldest first */
  progressOf: (count, scores) => `Scores of ${count} lessons danced, the oldest first: ${scores}`,
};
