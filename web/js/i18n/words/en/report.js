// @ts-check
// The report, the image to share, and the names of what they show.

export const report = {
  title: "How it went",
  parts: { shape: "Shape", timing: "Timing", energy: "Energy" },
  inView: "In view", moved: "You moved", moments: "Moments", sides: "Sides",
  mirror: { on: "as in a mirror", off: "same side", auto: "not known" },
  unknown: "–", notSeen: "not seen", none: "None to show.", allPerfect: "Nothing: all perfect.", tooShort: "Too short to draw.",
  best: "At your best", worst: "To work on",
  ofHundred: "of 100",
  again: "Again", others: "Other lessons", look: "Results",
  save: "Save as an image", share: "Share", shareFailed: "The image could not be made.",
  timeline: "Over the lesson", limbByLimb: "Limb by limb", inShort: "In short",
  limbTable: "How well each limb followed, of 100",
  limbNote: "Limbs are scored more strictly than the whole: from 70 on, a limb fits.",
  practise: "Practise",
  /** @param {string} place "0:04 – 0:08" */
  practisePlace: (place) => `Practise ${place} slowly, again and again`,

  /** What a grade means. @type {Record<string, string>} */
  grades: {
    S: "You moved as one.", A: "Beautifully together.", B: "Well followed.",
    C: "You are getting there.", D: "A start. Slow down and watch the arms.",
  },
  noGrade: "Too little of you was in view for a grade.",
  lowest: "Keep practising: the next round will feel easier.",

  onBeat: "on the beat",
  /** @param {string} seconds */
  late: (seconds) => `${seconds} s late`,
  /** @param {string} seconds */
  early: (seconds) => `${seconds} s early`,

  /** @param {string} samples @param {string} dropped "" if none was */
  momentsOf: (samples, dropped) => (dropped ? `${samples}, ${dropped} skipped` : samples),
  same: "Same as last time.",
  /** @param {number} by rounded points */
  more: (by) => `${by} more than last time.`,
  /** @param {number} by rounded points */
  fewer: (by) => `${by} fewer than last time.`,
  /** @param {number} before rounded points */
  last: (before) => `Last time: ${before}.`,
  /** @param {number} before rounded points */
  lastUnfinished: (before) => `Last time: ${before}, and you stopped before the end.`,
  stopped: "You stopped before the end.",
  /** Why it ended before the end, by the server's reason (docs/protocol.md). @type {Record<string, string>} */
  reasons: {
    left: "You left before the end.",
    closed: "The lesson was closed before the end.",
    vanished: "The server received nothing from you any more, neither video nor messages.",
    lost: "The connection was lost before the end.",
    replaced: "It was continued from another page.",
    flooding: "Your device sent more than the server takes.",
    misuse: "The server ended it because of what this page or its connection sent.",
    revoked: "Your invitation was revoked.",
    failed: "The server failed before the end.",
    "never connected": "The connection was never made.",
    "server stopping": "The server was stopped.",
    "class ended": "Your teacher ended the class.",
    refused: "Your teacher did not let you in.",
  },
  /** @param {string} reason the server's words, for a reason that the page has no sentence for */
  endedEarly: (reason) => `It ended early: ${reason}.`,
  /** @param {number} moments @param {string} length */
  timelineOf: (moments, length) => `Score over the lesson: ${moments} moments, ${length} long`,
};
