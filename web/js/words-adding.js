// @ts-check
// What the page says about lessons of one's own: choosing a video, sending, preparing, looking at it.

import { minutes } from "./position.js";

/** @import { Job, Limits } from "./workshop.js" */

/** @typedef {{ title: string, advice: string[] }} Sentences */

export const ADDING = {
  add: "Add a lesson", drop: "Drop the video here",
  closed: "Lessons are added on the machine that this server runs on. Whoever runs it can allow "
    + "others to, with a token.",
  edit: "Edit", back: "Lessons",
  formTitle: "A lesson of your own",
  advice: "Best is one person, seen whole from head to foot, filmed by a camera that stands still.",
  name: "Name of the lesson", video: "The video", token: "The server’s token",
  tokenWhy: "This server takes lessons from those who know its token. Whoever runs it can tell you.",
  make: "Make the lesson", other: "Another video", cancel: "Cancel",
  cannotShow: "This browser cannot show this kind of video. The server may well be able to read it: "
    + "what it finds is shown here afterwards.",
  call: "Call it off", lessons: "To the lessons",
  keepOpen: "Keep this page open until the video is sent.",
  mayGo: "The server goes on by itself: you may close this page, or dance meanwhile. The lesson "
    + "appears among the others.",
  unheard: "The server does not answer at the moment. What it has, it goes on preparing; this page "
    + "looks again by itself.",
  unheardSending: "The server does not answer at the moment. If it does within half a minute, the "
    + "sending goes on by itself.",
  again: "Send it again", chooseAgain: "Choose a video",
  dance: "Dance it now", rename: "Rename", renamed: "The lesson has its new name.",
  cut: "Keep only this part", cutWhy: "The part becomes a lesson, and this one goes.",
  busy: "Another lesson is being made at the moment. Wait for it, or call it off.",
  look: "Look at it", failed: "No lesson came of it: see why", loading: "Looking for its poses…",
};

export const LESSON_GOES = { deletes: "Delete this lesson…", confirm: "Delete it", cancel: "Keep it" };

/** What a part of the way is called, in order; those of `lesson add`. @type {Record<string, string>} */
export const STEPS = {
  upload: "Sending the video", waiting: "Waiting for its turn", cut: "Cutting out the part",
  poses: "Finding the poses", pictures: "Making the pictures", sound: "Making the sound",
};

/** Of the trimming. */
export const TRIM = {
  title: "From where to where", from: "From", to: "To", seconds: "s",
  fromHandle: "Beginning of the lesson", toHandle: "End of the lesson",
};
/** @param {number} length_s @param {number} whole_s */
export const partWords = (length_s, whole_s) =>
  length_s < whole_s ? `${secondWords(length_s)} of ${secondWords(whole_s)}` : `All of it: ${secondWords(whole_s)}`;

/** "7.7 s" or "2:05". @param {number} s */
export const secondWords = (s) => (s < 60 ? `${s.toFixed(1)} s` : minutes(Math.round(s)));

/** @param {number} bytes */
export const sizeWords = (bytes) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** Told before a video is chosen. @param {Limits} limits */
export const limitWords = ({ max_mb, max_s }) => `Up to ${max_mb} MB and ${longWords(max_s)}.`;

/** "10 minutes" or "90 seconds". @param {number} s */
const longWords = (s) =>
  s >= 120 && s % 60 === 0 ? `${s / 60} minutes` : `${Math.round(s)} seconds`;

/** @param {number} bytes @param {Limits} limits */
export const tooLargeWords = (bytes, { max_mb }) =>
  `This video has ${sizeWords(bytes)}, and this server takes up to ${max_mb} MB. Save a shorter part `
  + "of it, or a smaller picture, and choose that.";

/** @param {number} length_s @param {Limits} limits */
export const tooLongWords = (length_s, { max_s }) =>
  `This is ${secondWords(length_s)} long, and a lesson has up to ${longWords(max_s)}. Choose the part `
  + "that you want to learn.";

/** @param {Job} job how far the sending, or a part of the preparation is */
export function doneWords({ step, done, of }) {
  if (done === null) return "";
  if (step === "upload") return of ? `${sizeWords(done)} of ${sizeWords(of)}` : sizeWords(done);
  return of ? `${Math.floor((100 * done) / of)} %` : "";
}

/** @param {number} ahead other videos */
export const aheadWords = (ahead) =>
  ahead === 1 ? "One video is prepared before it." : `${ahead} videos are prepared before it.`;

/** @param {number | null} eta_s */
export function leftWords(eta_s) {
  if (eta_s === null) return "";
  if (eta_s < 4) return "a few seconds left";
  if (eta_s < 55) return `about ${5 * Math.ceil(eta_s / 5)} seconds left`;
  const whole = Math.max(1, Math.round(eta_s / 60));
  return whole === 1 ? "about a minute left" : `about ${whole} minutes left`;
}

/** @param {string} title */
export const makingWords = (title) => `Making “${title}”`;
/** @param {string} title */
export const readyWords = (title) => `“${title}” is ready`;
/** @param {string} title */
export const editWords = (title) => `Edit ${title}`;

/** In how much of a lesson somebody is found. @param {number} found @param {number} samples */
export function foundWords(found, samples) {
  if (found === samples) return "Somebody to follow is found all the way through.";
  const share = Math.floor((100 * found) / Math.max(1, samples));
  return `Somebody to follow is found in ${share} % of it.`;
}
/** The longest stretch without anybody. @param {number} from_s @param {number} to_s */
export const gapWords = (from_s, to_s) =>
  `Nobody is found from ${minutes(from_s)} to ${minutes(Math.ceil(to_s))}: there nothing is scored. `
  + "You can cut it off below, or film it again.";

/** @param {string} title @returns {{ title: string, goes: string[] }} */
export const deleteLessonWords = (title) => ({
  title: `Delete the lesson “${title}”?`,
  goes: [
    "Its video, its poses and its pictures go from the server, for everybody. Whoever is dancing it "
      + "now can finish. Results that are kept of it stay.",
  ],
});

/** Why no lesson came of it, by the server's code; where it gave a sentence, that follows. @type {Record<string, Sentences>} */
export const UPLOAD_TROUBLE = {
  bad_video: { title: "No lesson can be made of this video", advice: ["The server looked at it and says:"] },
  nobody_in_picture: {
    title: "Nobody to follow is in this video",
    advice: ["Choose one in which a person is seen from head to foot, in good light. The server says:"],
  },
  bad_part: { title: "This part of the video cannot be cut out", advice: ["The server says:"] },
  broken_upload: {
    title: "The video did not arrive",
    advice: ["The connection broke, or the page was closed, while it was being sent. Nothing of it was kept.",
      "Check the network, and send it again."],
  },
  server_forgot: {
    title: "The server was started anew",
    advice: ["It was preparing your video when it stopped, and nothing is left of that.",
      "Send it again: it takes as long as the first time."],
  },
  called_off: {
    title: "The lesson was called off",
    advice: ["The server was stopped, or somebody called it off from another page. Nothing is left of it."],
  },
  server_stopping: {
    title: "The server is being stopped",
    advice: ["It takes no videos any more. Send yours again once it is back."],
  },
  no_room: {
    title: "The server’s disk is full",
    advice: ["Delete lessons that nobody needs, or ask who runs the server. It says:"],
  },
  too_large: { title: "The video is too large", advice: ["The server says:"] },
  too_many_jobs: {
    title: "Other videos come first",
    advice: ["As many are waiting as this server takes. Send yours again in a minute."],
  },
  token_needed: { title: "The server wants its token", advice: ["It says:"] },
  uploads_off: { title: "This server takes no lessons from here", advice: ["It says:"] },
  preparation_failed: {
    title: "The server could not prepare this video",
    advice: ["Something failed there, and nothing is left of it. Send it again, or another one. It says:"],
  },
  unknown_lesson: { title: "This lesson is no longer here", advice: ["It was removed from the server."] },
  unreachable: {
    title: "The server does not answer",
    advice: ["Check that it is running and that this device is on the network."],
  },
};
/** Where the server's code is one that we have no words for. @type {Sentences} */
export const OTHER_TROUBLE = { title: "No lesson came of it", advice: ["The server says:"] };
