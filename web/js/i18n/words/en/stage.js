// @ts-check
// The stage: labels, buttons, prompts, and what is announced to screen readers.

/** @import { Label } from "../../../connection/protocol.js" */
/** @import { Phase } from "../../../phases.js" */

export const stage = {
  title: "Lesson", leave: "Leave", you: "You", youMirrored: "You, mirrored", instructor: "Instructor",
  server: "What the server sees", score: "Score", unknown: "–",
  allow: "Allow the camera\nwhen your browser asks", connecting: "Connecting…",
  start: "Start", again: "Go on", orSpace: "or press Space",
  early: "early", late: "late",
  pause: "Pause", resume: "Resume", stop: "Stop", paused: "Paused",
  place: "Place in the lesson", speed: "Speed", sound: "Sound", volume: "Sound volume", target: "Target",
  /** @param {string} place @param {string} whole both as 0:00 */
  placeOf: (place, whole) => `${place} of ${whole}`,
  repeat: "Repeat a passage",
  from: "Repeat from here", to: "Repeat up to here", endRepeat: "End the repeat",
  fromKey: "Repeat from here  [", toKey: "Repeat up to here  ]", endRepeatKey: "End the repeat  L",
  half: "Half speed", threeQuarters: "Three quarters speed", full: "Full speed",
  repeats: "This passage repeats until you press L or ✕.",
  tooShort: "A passage to repeat must be at least one second long.",
  tapForSound: "Your browser plays sound only after a tap. Tap anywhere to hear it.",
  scoreLost: "Reconnected. The server has lost your score so far: it counts from here.",

  inPicture: "You are in the picture",
  stepIntoView: "Step into view",
  /** @type {Record<Label, string>} */
  labels: { perfect: "Perfect", great: "Great", good: "Good", ok: "Ok", miss: "Miss" },

  /** For screen readers, when a phase begins. @type {Partial<Record<Phase, string>>} */
  announced: {
    choosing: "Choose a lesson.",
    opening: "Asking for your camera.",
    connecting: "Connecting.",
    ready: "Ready. Step back until your whole body is in the picture, then start.",
    counting: "Get ready.",
    playing: "Playing. Space pauses, arrows seek, minus and plus change the speed, A and B mark a "
      + "passage to repeat, L ends it, Escape stops.",
    paused: "Paused. Space goes on.",
    reconnecting: "The connection was lost. Reconnecting.",
    ending: "Finished. Calculating your result.",
    history: "Results.",
    adding: "A lesson of your own.",
    inviting: "Invite others.",
    uninvited: "You need an invitation.",
    planning: "Open a class.",
    joining: "Join a class.",
    teaching: "Your class. Space starts and pauses it for everybody, Tab leads to the learners, and arrows move among them.",
    "class-report": "The report of the class.",
  },
};
