// @ts-check
// What the stage says: how to stand, the arms check, what goes well while dancing, the settings.

/**
 * @typedef {"nobody" | "crowd" | "near" | "head" | "feet" | "far" | "aside_left" | "aside_right"
 *   | "dark" | "hands"} FramingProblem
 * @typedef {"whole" | "distance" | "alone" | "light"} FramingPoint
 * @typedef {"unseen" | "not_followed" | "unsteady" | "early" | "late"} CheckProblem
 */

/** What to do about it, by the server's code. @type {Record<FramingProblem, string>} */
export const FRAMING = {
  nobody: "Step into the picture",
  crowd: "Only one person in the picture, please",
  near: "Step back: all of you has to fit, arms raised too",
  head: "Tilt the camera up: raised hands need room",
  feet: "Tilt the camera down until your feet show",
  far: "Come a little closer",
  aside_left: "Move to your right, into the middle",
  aside_right: "Move to your left, into the middle",
  dark: "More light, please: you are hard to see",
  hands: "Show both hands",
};

/** The points beside the Start button, and the problems that each is about. */
export const FRAMING_POINTS = /** @type {const} */ ([
  { point: "whole", text: "Whole body", about: ["nobody", "near", "head", "feet", "aside_left", "aside_right", "hands"] },
  { point: "distance", text: "Distance", about: ["nobody", "near", "far"] },
  { point: "alone", text: "One person", about: ["nobody", "crowd"] },
  { point: "light", text: "Light", about: ["dark"] },
]);
export const FRAMING_STATES = { good: "fine", bad: "to be seen to", unknown: "not known yet" };

export const CHECK = {
  offer: "Once for each camera: raise your arms with a figure for 15 seconds, and what the camera is late "
    + "no longer counts as yours.",
  begin: "Check my camera",
  decline: "Not now",
  skip: "Skip",
  again: "Try again",
  placing: "Step back until all of you is in view",
  moving: "Move both arms with the figure",
  waiting: "One moment",
};
/** @param {number} left_s */
export const checkLeadWords = (left_s) => `Arms down. Begin in ${left_s}`;
/** @param {number} delay_ms */
export const delayWords = (delay_ms) => `Camera delay: ${Math.round(delay_ms)} ms. It no longer counts as yours`;
/** @type {Record<CheckProblem, string>} */
export const CHECK_PROBLEMS = {
  unseen: "Your arms were not in view all the time",
  not_followed: "Your arms did something else than the figure’s",
  unsteady: "You were now early, now late: try once more",
  early: "You were ahead of the figure: try to be with it",
  late: "You were far behind the figure: try to be with it",
};

export const SETTINGS = {
  title: "Settings",
  cues: "Cue sounds",
  cuesNote: "Ticks of the count-down, good moments in a row, a passage that repeats",
  hands: "Start with raised hands",
  handsNote: "Hold both hands overhead to start, and to go on after a pause",
  delay: "Camera delay",
  unknown: "not measured",
  measure: "Measure",
  again: "Measure again",
};
/** @param {number} delay_ms */
export const delayShort = (delay_ms) => `${Math.round(delay_ms)} ms`;

export const HANDS_HELD = "Keep them up";
export const STEP_INTO_VIEW = "Step into view";

/** How the learner is in time, in words to be read from afar. */
export const IN_TIME = {
  on: "on the beat", littleLate: "a little late", late: "late", littleEarly: "a little early", early: "early",
};
/** @param {number} moments good ones in a row */
export const comboWords = (moments) => `×${moments} in a row`;
