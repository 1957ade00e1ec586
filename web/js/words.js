// @ts-check
// What the page says: what is wrong and what to do, what is happening, how it went.

/** @import { Access } from "./api.js" */
/** @import { CameraProblem } from "./camera.js" */
/** @import { Wait } from "./lifeline.js" */
/** @import { Phase } from "./session.js" */

/**
 * @typedef {"insecure" | "unsupported" | "no-camera" | "camera-refused" | "camera-busy"
 *   | "camera-failed" | "server-full" | "server-warming" | "lesson-gone" | "server-unreachable"
 *   | "server-refused" | "name-refused" | "no-path" | "connection-lost" | "server-ended" | "no-lessons"
 * } Problem
 * @typedef {"reconnecting" | "was-away" | "camera-ended" | "camera-back" | CameraProblem} Interruption
 * @typedef {{ title: string, advice: string[], action: string }} Words
 */

/** @type {Record<Problem, Words>} */
export const PROBLEMS = {
  insecure: {
    title: "The camera needs a secure address",
    advice: ["Browsers give the camera only to https:// and to localhost.",
      "Open this page over https, or on the computer that runs the server at http://localhost."],
    action: "Try again",
  },
  unsupported: {
    title: "This browser cannot make live video calls",
    advice: ["Tandem needs WebRTC. Use a current Chrome, Edge, Firefox or Safari."],
    action: "Try again",
  },
  "no-camera": {
    title: "No camera was found",
    advice: ["Connect a webcam, or switch on the one that is built in.", "Then try again."],
    action: "Try again",
  },
  "camera-refused": {
    title: "The camera is not allowed",
    advice: ["Choose the camera sign beside the address, allow the camera for this page, and try again.",
      "If there is no sign, look in your system's privacy settings."],
    action: "Try again",
  },
  "camera-busy": {
    title: "The camera is in use",
    advice: ["Another program holds it: a call, a recorder, another tab.",
      "Close that one, then try again."],
    action: "Try again",
  },
  "camera-failed": {
    title: "The camera did not start",
    advice: ["Unplug it and plug it in again, or restart the browser."],
    action: "Try again",
  },
  "server-full": {
    title: "All places are taken",
    advice: ["As many people are dancing as this server can watch well. Someone will finish soon."],
    action: "Try again",
  },
  "server-warming": {
    title: "The server is getting ready",
    advice: ["It has just started and is loading what it needs to watch you. A few seconds will do."],
    action: "Try again",
  },
  "lesson-gone": {
    title: "This lesson is no longer here",
    advice: ["It was removed from the server. Choose another one."],
    action: "Try again",
  },
  "server-unreachable": {
    title: "The server does not answer",
    advice: ["Check that it is running and that this device is on the network."],
    action: "Try again",
  },
  "server-refused": {
    title: "The server could not begin",
    advice: ["It said why:"],
    action: "Try again",
  },
  "name-refused": {
    title: "The server does not take this name",
    advice: ["It said why:"],
    action: "Change the name",
  },
  "no-path": {
    title: "No way through for the video",
    advice: ["The server answered, but live video could not reach it.",
      "A firewall or VPN may block UDP: try another network, or without the VPN."],
    action: "Try again",
  },
  "connection-lost": {
    title: "The connection was lost",
    advice: ["The page has tried again for a while and did not get through. Your camera is off.",
      "You can go on from the same place."],
    action: "Reconnect",
  },
  "server-ended": {
    title: "The server ended the session",
    advice: ["Your camera is off."],
    action: "Go on from here",
  },
  "no-lessons": {
    title: "There are no lessons yet",
    advice: ["Add one on the server: python run.py lesson add VIDEO --id my-dance"],
    action: "Look again",
  },
};

/** Why a lesson that is open does not go on. @type {Record<Interruption, Words>} */
export const INTERRUPTIONS = {
  insecure: PROBLEMS.insecure,
  "no-camera": PROBLEMS["no-camera"],
  "camera-refused": PROBLEMS["camera-refused"],
  "camera-busy": PROBLEMS["camera-busy"],
  "camera-failed": PROBLEMS["camera-failed"],
  reconnecting: {
    title: "The connection was lost",
    advice: ["The page connects again by itself and keeps your place. Nothing is being sent meanwhile."],
    action: "Try now",
  },
  "was-away": {
    title: "Paused while you were away",
    advice: ["The lesson waits where you left it. Go on with the button or the space bar."],
    action: "Go on",
  },
  "camera-ended": {
    title: "The camera stopped",
    advice: ["It was unplugged, or switched off. The lesson waits.",
      "Plug it in again: the page notices by itself."],
    action: "Look again",
  },
  "camera-back": {
    title: "The camera is back",
    advice: ["Step back until all of you is in the picture. Go on with the button or the space bar."],
    action: "Go on",
  },
};

/** What the page does about a lost connection. @param {Wait} wait */
export const waitWords = ({ attempt, of, left_s }) =>
  left_s > 0 ? `Try ${attempt} of ${of} in ${left_s} s` : `Connecting: try ${attempt} of ${of}`;

/** Slow to fast, as the buttons stand. */
export const RATES = [
  { rate: 0.5, text: "0.5×", title: "Half speed" },
  { rate: 0.75, text: "0.75×", title: "Three quarters speed" },
  { rate: 1, text: "1×", title: "Full speed" },
];

export const PRACTISE = "Practise";
/** @param {string} place "0:04 – 0:08" */
export const practiseWords = (place) => `Practise ${place}, slowly and again`;

export const HOLD = { pause: "Pause", resume: "Resume" };
export const START = { fresh: "Start", again: "Go on" };
export const PAUSED = "Paused";
export const IN_PICTURE = "You are in the picture";

export const REMARKS = {
  repeats: "This passage repeats until you press L or ✕.",
  tooShort: "A passage to repeat is at least one second long.",
  scoreLost: "Connected again. The server no longer knew your score so far: it counts from here.",
};

/** Said to screen readers when a phase begins. @type {Partial<Record<Phase, string>>} */
export const ANNOUNCED = {
  choosing: "Choose a lesson.",
  opening: "Asking for your camera.",
  connecting: "Connecting.",
  ready: "Ready. Step back until your whole body is in the picture, then start.",
  counting: "Get ready.",
  playing: "Playing. Space pauses, arrows seek, minus and plus change the speed, A and B mark a "
    + "passage to repeat, L ends it, Escape stops.",
  paused: "Paused. Space goes on.",
  reconnecting: "The connection was lost. Connecting again.",
  ending: "Finished. Adding it up.",
  history: "Results.",
  adding: "A lesson of your own.",
};

/** @type {Record<string, string>} */
const GRADES = {
  S: "You moved as one.", A: "Beautifully together.", B: "Well followed.",
  C: "You are getting there.", D: "A start. Slow down and watch the arms.",
};

/** @param {string | null} grade */
export function verdict(grade) {
  if (grade === null) return "Too little of you was in view for a grade.";
  return GRADES[grade] ?? "Keep practising: the next round will feel easier.";
}

/** @param {number | null} lag_ms positive: the learner moves late */
export function timingWords(lag_ms) {
  if (lag_ms === null) return "–";
  if (Math.abs(lag_ms) < 60) return "on the beat";
  return `${(Math.abs(lag_ms) / 1000).toFixed(2)} s ${lag_ms > 0 ? "late" : "early"}`;
}

/** "left forearm" of "left_forearm". @param {string} limb */
export const limbWords = (limb) => limb.replaceAll("_", " ");

/** The learner's name, on the lessons page. */
export const WHO = {
  name: "Your name",
  optional: "if you want to keep your results",
  keep: "Keep my results",
  results: "Results",
  /** What is kept, by whether it may be read. @type {Record<Access, string>} */
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

/** What a report calls things. */
export const REPORT = {
  parts: { shape: "Shape", timing: "Timing", energy: "Energy" },
  inView: "In view", moved: "You moved", moments: "Moments", sides: "Sides",
  mirror: { on: "as in a mirror", off: "same side", auto: "not settled" },
  unknown: "–", notSeen: "not seen", none: "None to show.", tooShort: "Too short to draw.",
  best: "At your best", worst: "To work on",
  ofHundred: "of 100",
  save: "Save as a picture", share: "Share", shareFailed: "The picture could not be made.",
};

/** @param {number} samples @param {number} dropped */
export const momentWords = (samples, dropped) =>
  dropped ? `${samples}, ${dropped} skipped` : `${samples}`;

/** @param {number} by rounded points */
export function changeWords(by) {
  if (by === 0) return "Same as last time.";
  return by > 0 ? `${by} more than last time.` : `${-by} fewer than last time.`;
}
/** Where the two cannot be compared. @param {number} before rounded points @param {boolean} complete */
export const lastWords = (before, complete) =>
  complete ? `Last time: ${before}.` : `Last time: ${before}, and you stopped before the end.`;

/** Why it ended before the end, in the server's words where the learner did not ask. @param {string} reason */
export const earlyWords = (reason) =>
  reason === "" || reason === "stopped" ? "You stopped before the end." : `It ended early: ${reason}.`;

/** @param {number} moments @param {string} length */
export const timelineWords = (moments, length) =>
  `Score over the lesson: ${moments} moments, ${length} long`;

/** The page of results. */
export const HISTORY = {
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
};
/** @param {string} name */
export const titleOf = (name) => `${HISTORY.title} of ${name}`;
/** @param {string} kind */
export const exportWords = (kind) => `Everything as ${kind}`;
/** @param {string} lesson @param {string} at */
export const reportWords = (lesson, at) => `Report: ${lesson}, ${at}`;
/** @param {string} name */
export const deleteWords = (name) => ({
  title: `Delete the results of ${name}?`,
  goes: [
    `Everything that this server keeps under the name ${name} goes: every score, grade, timeline and `
      + "time, in all lessons, and the places among the best. It cannot be brought back.",
    "This browser forgets the name and the last scores, too.",
  ],
});
/** @param {string} name */
export const deletedWords = (name) => `Nothing is kept under the name ${name} any more.`;
/** @param {number[]} scores oldest first */
export const progressWords = (scores) =>
  `Scores of ${scores.length} lessons danced, the oldest first: ${scores.map(Math.round).join(", ")}`;

/** Why results cannot be shown, by the server's code. @type {Record<string, string>} */
export const HISTORY_TROUBLE = {
  history_closed: "This server shows results on its own machine only.",
  history_off: "This server keeps no results.",
  history_unavailable: "The results do not answer at the moment. Nothing is lost: what you dance now "
    + "is kept as soon as they do.",
  unknown_result: "This result is no longer there.",
  unreachable: PROBLEMS["server-unreachable"].title + ". " + PROBLEMS["server-unreachable"].advice[0],
};

const DATE = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });
/** @param {number | null} at_s Unix time */
export const dateWords = (at_s) => (at_s === null ? "" : DATE.format(at_s * 1000));
