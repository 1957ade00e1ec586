// @ts-check
// What the page says: what is wrong and what to do, what is happening, how it went.

/** @import { CameraProblem } from "./camera.js" */
/** @import { Wait } from "./lifeline.js" */
/** @import { Phase } from "./session.js" */

/**
 * @typedef {"insecure" | "unsupported" | "no-camera" | "camera-refused" | "camera-busy"
 *   | "camera-failed" | "server-full" | "server-warming" | "lesson-gone" | "server-unreachable"
 *   | "server-refused" | "no-path" | "connection-lost" | "server-ended" | "no-lessons"
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
/** @param {string} from @param {string} to */
export const practiseWords = (from, to) => `Practise ${from} – ${to}, slowly and again`;

export const HOLD = { pause: "Pause", resume: "Resume" };
export const START = { fresh: "Start", again: "Go on" };
export const PAUSED = "Paused";
export const IN_PICTURE = "You are in the picture";

export const REMARKS = {
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
  playing: "Playing. Space pauses, arrows seek, Escape stops.",
  paused: "Paused. Space goes on.",
  reconnecting: "The connection was lost. Connecting again.",
  ending: "Finished. Adding it up.",
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
