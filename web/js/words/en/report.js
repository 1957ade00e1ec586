// @ts-check
// How it went: the report, its picture to share, and what its figures are called.

/** @import { Limb } from "../../protocol.js" */

export const report = {
  title: "How it went",
  parts: { shape: "Shape", timing: "Timing", energy: "Energy" },
  inView: "In view", moved: "You moved", moments: "Moments", sides: "Sides",
  mirror: { on: "as in a mirror", off: "same side", auto: "not settled" },
  unknown: "–", notSeen: "not seen", none: "None to show.", tooShort: "Too short to draw.",
  best: "At your best", worst: "To work on",
  ofHundred: "of 100",
  again: "Again", others: "Other lessons", look: "Results",
  save: "Save as a picture", share: "Share", shareFailed: "The picture could not be made.",
  timeline: "Over the lesson", limbByLimb: "Limb by limb", inShort: "In short",
  limbTable: "How well each limb followed, of 100",
  practise: "Practise",
  /** @param {string} place "0:04 – 0:08" */
  practisePlace: (place) => `Practise ${place}, slowly and again`,

  /** What a grade comes to. @type {Record<string, string>} */
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

  /** @param {string} samples @param {string} dropped "" where none was */
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
  /** Why it ended otherwise, by the server's word for it. @type {Record<string, string>} */
  ended: {
    "server stopping": "It ended early: the server is being stopped. This counts, as far as you came.",
    closed: "It ended early: the session was closed from elsewhere.",
    replaced: "It ended here: you went on in another window.",
    failed: "It ended early: something failed on the server.",
  },
  /** @param {string} reason in the server's words */
  endedEarly: (reason) => `It ended early: ${reason}.`,
  /** @param {number} moments @param {string} length */
  timelineOf: (moments, length) => `Score over the lesson: ${moments} moments, ${length} long`,

  /** @type {Record<Limb, string>} */
  limbs: {
    left_upper_arm: "left upper arm", left_forearm: "left forearm",
    right_upper_arm: "right upper arm", right_forearm: "right forearm",
    left_thigh: "left thigh", left_shin: "left shin", right_thigh: "right thigh", right_shin: "right shin",
    torso: "torso", shoulders: "shoulders", head: "head",
  },
};
