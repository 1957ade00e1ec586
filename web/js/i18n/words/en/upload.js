// @ts-check
// Lessons of one's own: choose a video, send it, follow the job, edit the lesson.

/** @typedef {{ title: string, advice: string[] }} Sentences */

export const upload = {
  add: "Add a lesson", drop: "Drop the video here",
  closed: "Lessons can only be added on the machine that this server runs on, or with the server’s token.",
  edit: "Edit", back: "Lessons",
  formTitle: "A lesson of your own",
  advice: "A good video shows one person from head to foot, filmed by a camera that does not move.",
  name: "Name of the lesson", video: "The video", token: "The server’s token",
  tokenNote: "This server accepts lessons only with its token. Ask the person who runs it.",
  make: "Make the lesson", other: "Another video",
  cannotShow: "This browser cannot show this kind of video, but the server may be able to read it. "
    + "You will see here what it finds.",
  cancelUpload: "Cancel", lessons: "Back to the lessons",
  keepOpen: "Keep this page open until the video is sent.",
  mayClose: "The server does the rest: you can close this page, or dance meanwhile. The lesson will "
    + "appear among the others.",
  serverSilent: "The server does not answer at the moment. It continues to work on what it has; this page "
    + "checks again by itself.",
  serverSilentSending: "The server does not answer at the moment. If it does within half a minute, "
    + "sending continues by itself.",
  again: "Send again", chooseAgain: "Choose a video",
  dance: "Dance it now", rename: "Rename", renamed: "The lesson has a new name.",
  cut: "Keep only this part", cutNote: "The part becomes a lesson; this one is deleted.",
  busy: "Another lesson is being made at the moment. Wait for it, or cancel it.",
  look: "Look at it", failed: "No lesson was made: see why", loading: "Loading its poses…",
  deletes: "Delete this lesson…", confirm: "Delete it", cancel: "Keep it",

  /** The steps in their order; `lesson add` has the same. @type {Record<string, string>} */
  steps: {
    upload: "Sending the video", waiting: "Waiting for its turn", cut: "Cutting out the part",
    poses: "Finding the poses", pictures: "Making the pictures", sound: "Making the sound",
  },
  /** @param {string} done @param {string} of */
  doneOf: (done, of) => `${done} of ${of}`,
  /** How many other videos. @param {number} ahead */
  ahead: (ahead) => (ahead === 1 ? "One video is ahead of it." : `${ahead} videos are ahead of it.`),
  soon: "a few seconds left",
  /** @param {string} time "25 seconds" */
  left: (time) => `about ${time} left`,

  part: "Part of the video", from: "From", to: "To", seconds: "s",
  beginning: "Beginning of the lesson", end: "End of the lesson",
  /** @param {string} whole */
  wholeVideo: (whole) => `All of it: ${whole}`,

  /** Shown before a video is chosen. @param {string} size @param {string} length */
  limits: (size, length) => `Up to ${size} and ${length}.`,
  /** @param {string} size @param {string} most */
  tooLarge: (size, most) => `This video has ${size}, and this server accepts up to ${most}. Save a `
    + "shorter part of it, or one with a smaller picture, and choose that.",
  /** @param {string} length @param {string} most */
  tooLong: (length, most) => `This is ${length} long, and a lesson can have up to ${most}. Choose the part `
    + "that you want to learn.",

  /** @param {string} title */
  making: (title) => `Making “${title}”`,
  /** @param {string} title */
  ready: (title) => `“${title}” is ready`,
  /** @param {string} title */
  editOf: (title) => `Edit ${title}`,
  foundAll: "A person to follow was found all the way through.",
  /** In how much of the lesson. @param {string} share "76%" */
  found: (share) => `A person to follow was found in ${share} of it.`,
  /** The longest gap without anybody. @param {string} from @param {string} to */
  gap: (from, to) => `Nobody was found from ${from} to ${to}, so nothing is scored there. You can cut `
    + "that off below, or film it again.",
  /** @param {string} title */
  deleteTitle: (title) => `Delete the lesson “${title}”?`,
  consequences: [
    "Its video, poses and pictures are deleted from the server, for everybody. People who are dancing "
      + "it now can finish. Stored results of it stay.",
  ],
};

/** Why no lesson was made, by the server's code; the server's sentence follows if there is one. @type {Record<string, Sentences>} */
export const uploadErrors = {
  bad_video: { title: "No lesson can be made from this video", advice: ["The server says:"] },
  nobody_in_picture: {
    title: "There is nobody to follow in this video",
    advice: ["Choose one that shows a person from head to foot, in good light. The server says:"],
  },
  bad_part: { title: "This part of the video cannot be cut out", advice: ["The server says:"] },
  broken_upload: {
    title: "The video did not arrive",
    advice: ["The connection broke, or the page was closed, while it was being sent. None of it was kept.",
      "Check the network, then send it again."],
  },
  slow_upload: {
    title: "The video arrived too slowly",
    advice: ["The network is too slow for a video, or it stalled. None of it was kept.",
      "Try again on a better network, or send a shorter video. The server says:"],
  },
  server_forgot: {
    title: "The server was restarted",
    advice: ["It was working on your video when it stopped, and that work is lost.",
      "Send it again: it takes as long as the first time."],
  },
  called_off: {
    title: "The lesson was cancelled",
    advice: ["The server was stopped, or somebody cancelled it from another page. Nothing is left of it."],
  },
  server_stopping: {
    title: "The server is being stopped",
    advice: ["It accepts no more videos. Send yours again when it is back."],
  },
  no_room: {
    title: "The server’s disk is full",
    advice: ["Delete lessons that nobody needs, or ask the person who runs the server. The server says:"],
  },
  too_large: { title: "The video is too large", advice: ["The server says:"] },
  too_many_jobs: {
    title: "Other videos come first",
    advice: ["The server’s queue is full. Send yours again in a minute."],
  },
  token_needed: { title: "The server requires its token", advice: ["The server says:"] },
  local_check_busy: {
    title: "Too many programs ask the server at once",
    advice: ["It cannot tell at the moment who may add lessons. Send yours again in a few seconds."],
  },
  uploads_off: { title: "This server accepts no lessons from here", advice: ["The server says:"] },
  preparation_failed: {
    title: "The server could not prepare this video",
    advice: ["Something failed there, and nothing is left of it. Send it again, or another video. The server says:"],
  },
  unknown_lesson: { title: "The lesson is gone", advice: ["It was deleted from the server."] },
  unreachable: {
    title: "The server does not answer",
    advice: ["Check that it is running and that this device is on the network."],
  },
  /** For a code that the page has no texts for. */
  other: { title: "No lesson was made", advice: ["The server says:"] },
};
