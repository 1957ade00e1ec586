// @ts-check
// Lessons of one's own: choosing a video, sending, preparing, looking at it.

/** @typedef {{ title: string, advice: string[] }} Sentences */

export const upload = {
  add: "Add a lesson", drop: "Drop the video here",
  closed: "Lessons are added on the machine that this server runs on. Whoever runs it can allow "
    + "others to, with a token.",
  edit: "Edit", back: "Lessons",
  formTitle: "A lesson of your own",
  advice: "Best is one person, seen whole from head to foot, filmed by a camera that stands still.",
  name: "Name of the lesson", video: "The video", token: "The server’s token",
  tokenNote: "This server takes lessons from those who know its token. Whoever runs it can tell you.",
  make: "Make the lesson", other: "Another video",
  cannotShow: "This browser cannot show this kind of video. The server may well be able to read it: "
    + "what it finds is shown here afterwards.",
  cancelUpload: "Call it off", lessons: "To the lessons",
  keepOpen: "Keep this page open until the video is sent.",
  mayClose: "The server goes on by itself: you may close this page, or dance meanwhile. The lesson "
    + "appears among the others.",
  serverSilent: "The server does not answer at the moment. What it has, it goes on preparing; this page "
    + "looks again by itself.",
  serverSilentSending: "The server does not answer at the moment. If it does within half a minute, the "
    + "sending goes on by itself.",
  again: "Send it again", chooseAgain: "Choose a video",
  dance: "Dance it now", rename: "Rename", renamed: "The lesson has its new name.",
  cut: "Keep only this part", cutNote: "The part becomes a lesson, and this one goes.",
  busy: "Another lesson is being made at the moment. Wait for it, or call it off.",
  look: "Look at it", failed: "No lesson came of it: see why", loading: "Looking for its poses…",
  deletes: "Delete this lesson…", confirm: "Delete it", cancel: "Keep it",

  /** What a part of the way is called, in order; those of `lesson add`. @type {Record<string, string>} */
  steps: {
    upload: "Sending the video", waiting: "Waiting for its turn", cut: "Cutting out the part",
    poses: "Finding the poses", pictures: "Making the pictures", sound: "Making the sound",
  },
  /** @param {string} done @param {string} of */
  doneOf: (done, of) => `${done} of ${of}`,
  /** How many other videos. @param {number} ahead */
  ahead: (ahead) => (ahead === 1 ? "One video is prepared before it." : `${ahead} videos are prepared before it.`),
  soon: "a few seconds left",
  /** @param {string} time "25 seconds" */
  left: (time) => `about ${time} left`,

  part: "From where to where", from: "From", to: "To", seconds: "s",
  beginning: "Beginning of the lesson", end: "End of the lesson",
  /** @param {string} whole */
  wholeVideo: (whole) => `All of it: ${whole}`,

  /** Told before a video is chosen. @param {string} size @param {string} length */
  limits: (size, length) => `Up to ${size} and ${length}.`,
  /** @param {string} size @param {string} most */
  tooLarge: (size, most) => `This video has ${size}, and this server takes up to ${most}. Save a shorter `
    + "part of it, or a smaller picture, and choose that.",
  /** @param {string} length @param {string} most */
  tooLong: (length, most) => `This is ${length} long, and a lesson has up to ${most}. Choose the part that `
    + "you want to learn.",

  /** @param {string} title */
  making: (title) => `Making “${title}”`,
  /** @param {string} title */
  ready: (title) => `“${title}” is ready`,
  /** @param {string} title */
  editOf: (title) => `Edit ${title}`,
  foundAll: "Somebody to follow is found all the way through.",
  /** In how much of the lesson. @param {string} share "76%" */
  found: (share) => `Somebody to follow is found in ${share} of it.`,
  /** The longest stretch without anybody. @param {string} from @param {string} to */
  gap: (from, to) => `Nobody is found from ${from} to ${to}: there nothing is scored. You can cut it off `
    + "below, or film it again.",
  /** @param {string} title */
  deleteTitle: (title) => `Delete the lesson “${title}”?`,
  consequences: [
    "Its video, its poses and its pictures go from the server, for everybody. Whoever is dancing it "
      + "now can finish. Results that are kept of it stay.",
  ],
};

/** Why no lesson came of it, by the server's code; where it gave a sentence, that follows. @type {Record<string, Sentences>} */
export const uploadErrors = {
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
  unknown_lesson: { title: "The lesson is gone", advice: ["It was removed from the server."] },
  unreachable: {
    title: "The server does not answer",
    advice: ["Check that it is running and that this device is on the network."],
  },
  /** Where the server's code is one that we have no words for. */
  other: { title: "No lesson came of it", advice: ["The server says:"] },
};
