// @ts-check
// The page of lessons: what this is, how to be compared, and under which name.

/** @import { HistoryAccess } from "../../../api.js" */

export const choosing = {
  about: "Dance beside an instructor and see, live, how closely you follow.",
  heading: "Dance beside someone.\nSee how closely you follow.",
  lead: "Pick a lesson, step back until your camera sees all of you, and move with the instructor. "
    + "Your camera is on only while a lesson is open.",
  language: "Language",
  sides: "Which arm do you raise when the instructor raises their right?",
  sidesAuto: "Work it out", sidesMirror: "My left, as in a mirror", sidesSame: "My right, like them",
  lessons: "Lessons",
  /** @param {string} score */
  lastTime: (score) => `last time ${score}`,
  name: "Your name",
  optional: "if you want to keep your results",
  keep: "Keep my results",
  results: "Results",
  /** What is kept, by whether it may be read. @type {Record<HistoryAccess, string>} */
  kept: {
    open: "With a name, this server keeps the figures of each lesson: scores, passages and times. "
      + "Never a picture or a video of you. There are no accounts: whoever reaches this "
      + "server and knows the name can see and delete them.",
    closed: "With a name, this server keeps the figures of each lesson: scores, passages and times. "
      + "Never a picture or a video of you. It is set to show and delete them on its own machine "
      + "only, so there are no results to look at here.",
    off: "This server keeps no results, and never a picture or a video of you.",
  },
  nothing: "Nothing is kept of you now. What was kept before stays until you delete it under Results.",
  nothingHere: "Nothing is kept of you now.",
};
