// @ts-check
// The list of lessons: what this is, on which side to follow, and the learner's name.

/** @import { HistoryAccess } from "../../../api.js" */

export const choosing = {
  about: "Dance beside an instructor and see, live, how closely you follow.",
  heading: "Dance beside someone.\nSee how closely you follow.",
  lead: "Pick a lesson, step back until your camera sees all of you, and move with the instructor. "
    + "Your camera is on only while a lesson is open.",
  language: "Language",
  sides: "Which arm do you raise when the instructor raises their right?",
  sidesAuto: "Find out for me", sidesMirror: "My left, as in a mirror", sidesSame: "My right, like them",
  lessons: "Lessons",
  /** @param {string} score */
  lastTime: (score) => `last time ${score}`,
  name: "Your name",
  optional: "if you want to keep your results",
  keep: "Keep my results",
  results: "Results",
  /** What is stored, by whether it may be shown. @type {Record<HistoryAccess, string>} */
  kept: {
    open: "With a name, this server stores the results of each lesson: scores, passages and times. "
      + "Never a picture or a video of you. There are no accounts: anybody who can reach this "
      + "server and knows the name can see and delete them.",
    closed: "With a name, this server stores the results of each lesson: scores, passages and times. "
      + "Never a picture or a video of you. Results can be seen and deleted on its own machine "
      + "only, or with its token, so there are none to see here.",
    off: "This server stores no results, and never a picture or a video of you.",
  },
  keptOwn: "With a name, this server stores the results of each lesson: scores, passages and times. "
    + "Never a picture or a video of you. Only you and your teachers can see and delete them.",
  nothing: "Nothing about you is stored now. What was stored before stays until you delete it under Results.",
  nothingHere: "Nothing about you is stored now.",
  /** For whoever runs the server, where it does not know them. */
  access: {
    question: "Do you run this server?",
    note: "To add lessons and to see stored results, open the link that the server printed when it started, "
      + "or enter the token in it. If you set a token yourself, enter that one.",
    use: "Use the token",
    refused: "The server does not accept this token. Unless you set one, it makes a new one at each start.",
  },
};
