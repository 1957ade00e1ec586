// @ts-check
// A class: one teacher and many learners.

/** What a teacher says with one press, as the server names it. @typedef {keyof typeof classes.cues} CueKind */

export const classes = {
  open: "Open a class", join: "Join a class",

  form: {
    title: "Open a class", name: "Title (by default, that of the lesson)", kind: "What is danced",
    lesson: "A lesson", lessonNote: "All see it at the same moment, and you start, pause and slow it down for everybody.",
    live: "I dance live", liveNote: "Your camera is the lesson.",
    which: "Lesson", learners: "Learners at most", asked: "I let everybody in myself",
    askedNote: "Otherwise whoever has the code is in at once.",
    leaderboard: "With a leaderboard", leaderboardNote: "Only those are on it who want to be.",
    keep: "Keep it as a lesson", keepNote: "Everybody is told. You can change this during the class.",
    create: "Open the class", back: "Lessons",
  },
  joining: {
    title: "Join a class", code: "Code of the class", codeNote: "Six letters; your teacher has them.",
    name: "Your name", nameNote: "Everybody in the class sees it, and your result is kept under it where this server keeps results.",
    listed: "Put me on the leaderboard", listedNote: "Everybody in the class sees your score, too.",
    enter: "Join",
    /** @param {string} title @param {string} present @param {string} most */
    found: (title, present, most) => `${title}: ${present} of ${most} are there.`,
    camera: "Your camera opens now. The teacher sees you as a figure of lines, never as a picture unless you switch that on.",
  },

  code: "Code of the class", link: "Link to the class", copy: "Copy the link", copied: "Copied.",
  copyByHand: "Copy it with the keyboard: it is selected.",
  qr: "QR code with the link to the class", showCode: "Link and QR code",
  /** @param {string} present @param {string} most */
  here: (present, most) => `${present} of ${most} here`,
  picture: "What the class sees",
  whip: "Use an encoder (WHIP)", whipUrl: "Address", whipToken: "Bearer token",
  whipNote: "A program such as OBS can be the camera instead. Give it this address and token; keep the token to yourself.",

  waiting: "Waiting to come in", admit: "Let in", admitAll: "Let all in", refuse: "Not now",
  /** @param {string} name */
  admitOf: (name) => `Let in: ${name}`,
  /** @param {string} name */
  refuseOf: (name) => `Not now: ${name}`,
  nobodyYet: "Nobody is here yet. Show the code.",

  live: "Go live", onAir: "Live",
  opening: "Your camera opens. The class sees you from then on; scores begin when you go live.",
  noCamera: "Your camera does not open. Allow it, then try again.", openCamera: "Open the camera",
  speak: "Speak to all", speaking: "All hear you", noMicrophone: "Your microphone does not open. Allow it, then try again.",
  keep: "Keep the class as a lesson",
  keepNote: "Everybody is told. Your picture and sound are stored on this server, nobody else’s. Switched off, what was recorded is deleted.",
  recording: { on: "Recording.", waiting: "It is recorded while the class dances." },
  /** Why a class is not kept, or not to its end, by the server's code. @type {Record<string, string>} */
  recordingProblems: {
    uploads_off: "This server takes no lessons from you, so the class cannot be kept.",
    token_needed: "Only with the server’s token can the class be kept. Enter it before you open the class.",
    local_check_busy: "Too many programs asked the server at once, so it could not tell whether you may keep the class.",
    role_needed: "Your invitation does not let you add lessons, so the class cannot be kept.",
    too_long: "The recording is as long as a lesson may be. What was danced until then is kept.",
    too_large: "The recording is as large as a video may be. What was danced until then is kept.",
    no_space: "All recordings together are as large as they may be. What was danced until then is kept.",
    no_room: "The server’s disk is full. What was danced until then is kept.",
    codec_changed: "The camera sends another format now. What was danced until then is kept.",
    failed: "The recording broke off. What was danced until then is kept.",
    class_too_short: "Too little was danced: a lesson needs five seconds.",
    nobody_in_picture: "Nobody was seen in your picture.",
    host_lost: "The part of the server that recorded it has stopped, and the recording is lost.",
  },
  kept: {
    recording: "The class is recorded.", saving: "The recording is being stored.", uploading: "The recording is being stored.",
    waiting: "The lesson waits until others are made.", preparing: "The class becomes a lesson:", ready: "The class is a lesson now.",
    failed: "The class did not become a lesson.", cancelled: "The lesson was cancelled.", open: "Open the lesson",
  },
  end: "End the class", endTitle: "End the class for everybody?",
  endNote: "Everybody gets their own result, and you get the report of the class.", endNo: "Go on",
  elsewhere: "You teach this class from another window now.",
  reconnecting: "Your connection was lost. The class waits until you are back.",
  begun: {
    ready: "Nobody dances yet.", counting: "It begins.", playing: "The class dances.", paused: "The class is paused.",
    ended: "The class is over.",
  },

  tiles: "Learners", everybody: "To everybody",
  /** @param {string} name */
  toOne: (name) => `To ${name}`,
  chooseNote: "Choose a tile to say something only to that learner.",
  hand: "Hand raised", lower: "Seen", away: "away", unseen: "not in view",
  connection: { good: "Connection good", slow: "Connection slow", silent: "Connection silent" },
  overTime: "The class over time", notYet: "It shows once the class dances.",
  /** @param {string} place @param {string} failing @param {string} of */
  hardest: (place, failing, of) => `Hardest: ${place}, where ${failing} of ${of} are below 50.`,
  practise: "Repeat it slowly for all",
  /** @param {string} mean */
  mean: (mean) => `Mean now: ${mean}`,

  say: "Say", line: "A line of your own", send: "Send",
  /** @param {string} cue @param {string} to */
  sent: (cue, to) => `“${cue}”: ${to}`,
  cues: {
    arms_higher: "Arms higher", arms_lower: "Arms lower", bigger: "Bigger movements", smaller: "Smaller movements",
    faster: "Faster", slower: "Slower", knees_deeper: "Bend your knees more", legs_wider: "Legs wider apart",
    other_side: "The other side", watch_me: "Watch me", listen: "Listen to the beat", step_back: "Step back",
    step_into_view: "Step into view", almost: "Almost", well_done: "Well done", rest: "Take a rest",
  },

  room: {
    waiting: "The teacher lets you in", waitingNote: "Stay where you are: it goes on by itself.",
    begins: "The class begins when your teacher starts it", paused: "Your teacher has paused",
    away: "The teacher’s connection broke: the class waits",
    /** @param {string} left */
    awayNote: (left) => `It goes on by itself when they are back, within ${left}.`,
    kept: "This class is kept as a lesson: your teacher’s picture and sound, never yours.",
  },
  /** @param {string} present */
  count: (present) => `${present} here`,
  raise: "Raise your hand", lowerHand: "Lower your hand", wishes: "In this class",
  spoken: "Speak the teacher’s words", spokenNote: "What your teacher says to you in writing is read aloud, too.",
  shown: "Show my picture to the teacher", shownNote: "Small, and to nobody else. Otherwise you are a figure of lines.",
  listedNow: "I am on the leaderboard", board: "Leaderboard", you: "you",

  report: {
    title: "Report of the class", learners: "Learners", name: "Name", score: "Score", late: "Early or late", weakest: "Weakest limb", inView: "In view", csv: "Download as a table (CSV)",
    passages: "Where the class found it hard", none: "Nobody has danced.", noPassage: "Nowhere.", leave: "Lessons",
    /** @param {string} place @param {string} failing @param {string} of */
    passage: (place, failing, of) => `${place}: ${failing} of ${of} below 50`,
    /** @param {string} learners @param {string} mean */
    sum: (learners, mean) => `Learners: ${learners}. Mean score: ${mean} of 100.`,
    making: "The report is being made.", failed: "The server did not send the report.", again: "Try again",
  },

  /** Why the server refuses, by its code. @type {Record<string, string>} */
  problems: {
    unknown_class: "No class has this code. Ask your teacher for it again.",
    class_ended: "This class is over.",
    class_full: "This class is full.",
    name_taken: "Somebody in the class has this name already. Take another one.",
    too_many_misses: "Too many wrong codes came from here. Wait ten minutes.",
    classes_off: "This server has no classes.",
    classes_full: "This server has no room for another class.",
    too_many_classes: "Too many classes were opened from here. End one of them.",
    class_token_needed: "Only the teacher who opened this class may do that.",
    refused: "The teacher does not let you in now.",
    too_many_cues: "That was too much at once. Wait a moment.",
    unknown_lesson: "This lesson is no longer here.",
    too_many_requests: "Too many at once. Wait a moment.",
    no_picture: "No picture comes from your camera or encoder.",
    b_frames: "The encoder sends B-frames, which live video cannot carry. Switch them off.",
    too_large: "The picture is too large: send at most 1920 × 1080.",
    no_key_frames: "The encoder sends no key frames. Set a key frame every two seconds.",
    unfit_format: "The encoder sends a format that learners cannot show. Use H.264 or VP8.",
    unreachable: "The server does not answer. Check that it is running and that this device is on the network.",
  },
};
