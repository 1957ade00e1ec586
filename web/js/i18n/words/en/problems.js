// @ts-check
// Problems, and what to do about them.

/** @import { Interruption, Problem, ProblemTexts } from "../../words.js" */

/** @type {Record<Problem, ProblemTexts>} */
export const problems = {
  insecure: {
    title: "The camera needs a secure address",
    advice: ["Browsers allow the camera only on https:// and on localhost.",
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
    advice: ["Click the camera icon beside the address, allow the camera for this page, and try again.",
      "If there is no icon, check your system's privacy settings."],
    action: "Try again",
  },
  "camera-busy": {
    title: "The camera is in use",
    advice: ["Another program is using it: a call, a recorder or another tab.",
      "Close that program, then try again."],
    action: "Try again",
  },
  "camera-failed": {
    title: "The camera did not start",
    advice: ["Unplug it and plug it in again, or restart the browser."],
    action: "Try again",
  },
  "server-full": {
    title: "All places are taken",
    advice: ["This server cannot watch more people at once. Someone will finish soon."],
    action: "Try again",
  },
  "server-warming": {
    title: "The server is getting ready",
    advice: ["It has just started and is loading what it needs to watch you. This takes a few seconds."],
    action: "Try again",
  },
  "lesson-gone": {
    title: "This lesson is no longer here",
    advice: ["It was deleted from the server, or is being made again. Choose another one."],
    action: "Try again",
  },
  "server-unreachable": {
    title: "The server does not answer",
    advice: ["Check that it is running and that this device is on the network."],
    action: "Try again",
  },
  "server-refused": {
    title: "The server could not start the lesson",
    advice: ["It gave this reason:"],
    action: "Try again",
  },
  "server-stopping": {
    title: "The server is being stopped",
    advice: ["Somebody is stopping or restarting it. Try again in a minute."],
    action: "Try again",
  },
  "name-refused": {
    title: "The server does not accept this name",
    advice: [],
    action: "Change the name",
  },
  "no-path": {
    title: "The video cannot get through",
    advice: ["The server answered, but live video could not reach it.",
      "A firewall or VPN may block UDP: try another network, or without the VPN."],
    action: "Try again",
  },
  "relay-refused": {
    title: "The relay refuses the video",
    advice: ["Your network lets live video through a relay only, and the relay does not accept what this server gave you.",
      "Tell whoever runs the server: its relay secret (turn_secret) is not the relay’s."],
    action: "Try again",
  },
  "connection-lost": {
    title: "The connection was lost",
    advice: ["The page tried to reconnect for a while without success. Your camera is off.",
      "You can go on from the same place."],
    action: "Reconnect",
  },
  "server-ended": {
    title: "The server ended the session",
    advice: ["Your camera is off."],
    action: "Go on from here",
  },
  "class-refused": {
    title: "You are not in the class",
    advice: ["The server gave this reason:"],
    action: "Try again",
  },
  "no-lessons": {
    title: "There are no lessons yet",
    advice: ["Add one on the server: python run.py lesson add VIDEO --id my-dance"],
    action: "Look again",
  },
};

/** Why an open lesson does not go on. @type {Record<Interruption, ProblemTexts>} */
export const interruptions = {
  insecure: problems.insecure,
  "no-camera": problems["no-camera"],
  "camera-refused": problems["camera-refused"],
  "camera-busy": problems["camera-busy"],
  "camera-failed": problems["camera-failed"],
  "phone-missing": {
    title: "The lesson waits for the phone",
    advice: ["It goes on by itself as soon as the phone shows you again."],
    action: "Show a new code",
  },
  reconnecting: {
    title: "The connection was lost",
    advice: ["The page reconnects by itself and keeps your place. Nothing is sent meanwhile."],
    action: "Try now",
  },
  "was-away": {
    title: "Paused while you were away",
    advice: ["The lesson waits where you left it. Go on with the button or the space bar."],
    action: "Go on",
  },
  nobody: {
    title: "Nobody is in the picture",
    advice: ["The lesson waits, and nothing is scored. Step into the picture until your whole body "
      + "shows; then it goes on by itself."],
    action: "Go on anyway",
  },
  "camera-ended": {
    title: "The camera stopped",
    advice: ["It was unplugged or switched off. The lesson waits.",
      "Plug it in again; the page notices by itself."],
    action: "Look again",
  },
  "camera-back": {
    title: "The camera is back",
    advice: ["Step back until all of you is in the picture. Go on with the button or the space bar."],
    action: "Go on",
  },
};

export const trouble = {
  /** What the page does about a lost connection. @param {number} attempt @param {number} of @param {number} left_s */
  tryIn: (attempt, of, left_s) => `Try ${attempt} of ${of} in ${left_s} s`,
  /** @param {number} attempt @param {number} of */
  trying: (attempt, of) => `Connecting: try ${attempt} of ${of}`,
  /** On a button that cannot be pressed yet. @param {string} action @param {number} wait_s */
  wait: (action, wait_s) => `${action} in ${wait_s} s`,
  chooseLesson: "Choose a lesson",
  /** Errors that the server reports during a lesson, by code (docs/protocol.md). @type {Record<string, string>} */
  messages: {
    no_camera: "No picture comes from your camera. Is it covered, or used by another program?",
    internal: "Something went wrong on the server. If it happens again, start the lesson again.",
    bad_message: "The server did not understand this page. Reload it and try again.",
    out_of_order: "That is not possible at the moment.",
  },
  /** The page uses a WebSocket, and why. */
  fallback: {
    "no-path": "Live video cannot get through this network, so pictures go another way. Scores and sound are as usual.",
    "relay-refused": "The relay refuses the video, so pictures go another way. Scores and sound are as usual.",
    unsupported: "This browser makes no live video calls, so pictures go another way. Scores and sound are as usual.",
  },
  /** Why the server refused or could not start a session, by its code. @type {Record<string, string>} */
  refusals: {
    bad_learner: "A name has 1 to 40 characters, some of them visible, and not only dots.",
    bad_offer: "It did not understand this browser’s WebRTC offer. Try another browser.",
    unfit_offer: "This browser offers no video format that the server can use. Try another browser.",
    bad_message: "It did not understand this page. Reload it and try again.",
    internal: "Something failed on the server; its log says what. Try again in a moment.",
    invitation_needed: "You need an invitation: open the link that you were given.",
    invitation_expired: "Your invitation has ended. Ask for a new one.",
    invitation_revoked: "Your invitation was revoked. Ask for a new one.",
    bad_invitation: "Your invitation does not hold any more. Ask for a new one.",
    other_lesson_invited: "You are invited to another lesson.",
    role_needed: "Only teachers may do this.",
  },
  /** Why results cannot be shown, by the server's code. @type {Record<string, string>} */
  history: {
    history_closed: "This server shows results on its own machine only, or with its token.",
    token_needed: "The server requires its token. Go back to the lessons: you can enter it there.",
    local_check_busy: "Too many programs ask the server at once, so it cannot tell who may see results. Try again soon.",
    history_off: "This server stores no results.",
    history_unavailable: "The database of results does not answer at the moment. Nothing is lost: what you "
      + "dance now is stored as soon as it does.",
    unknown_result: "This result is no longer there.",
    invitation_needed: "You need an invitation: open the link that you were given.",
    invitation_expired: "Your invitation has ended. Ask for a new one.",
    invitation_revoked: "Your invitation was revoked. Ask for a new one.",
    bad_invitation: "Your invitation does not hold any more. Ask for a new one.",
    role_needed: "You can see your own results only.",
    unreachable: "The server does not answer. Check that it is running and that this device is on the "
      + "network.",
  },
};
