// @ts-check
// How to stand, the camera check, live feedback while dancing, the settings of the stage.

export const live = {
  /** What to do about it, by the server's code. */
  framing: {
    nobody: "Step into the picture",
    upside_down: "Turn the camera the right way up",
    crowd: "Only one person in the picture, please",
    strangers: "More people than dancers are in the picture",
    near: "Step back: you have to fit with raised arms, too",
    head: "Tilt the camera up: raised hands need room",
    feet: "Tilt the camera down until your feet show",
    far: "Come a little closer",
    aside_left: "Move to your right, into the middle",
    aside_right: "Move to your left, into the middle",
    dark: "More light, please: you are hard to see",
    hands: "Show both hands",
  },
  points: { whole: "Whole body", distance: "Distance", alone: "One person", nobodyElse: "Nobody else", light: "Light" },
  /** For screen readers, after each point. */
  pointIs: { good: "fine", bad: "needs attention", unknown: "not known yet" },

  check: {
    offer: "Raise your arms for 15 seconds, once, so that your camera’s delay does not count as yours.",
    begin: "Check my camera", decline: "Not now", skip: "Skip", again: "Try again",
    placing: "Step back until all of you is in view",
    moving: "Move both arms with the figure",
    waiting: "One moment",
    /** @param {number | string} left_s */
    lead: (left_s) => `Arms down. Begin in ${left_s}`,
    /** @param {number | string} delay_ms */
    found: (delay_ms) => `Camera delay: ${delay_ms} ms. It no longer counts as yours`,
    problems: {
      unseen: "Your arms were not in view all the time",
      slow: "The server is too busy to see you often enough: try again later",
      not_followed: "Your arms did not follow the figure’s",
      unsteady: "You were sometimes early and sometimes late: try once more",
      early: "You were ahead of the figure: try to move with it",
      late: "You were far behind the figure: try to move with it",
    },
  },

  settings: {
    title: "Settings",
    cues: "Cue sounds",
    cuesNote: "Sounds for the count-down, good moments in a row and a passage that repeats",
    hands: "Start with raised hands",
    handsNote: "Hold both hands overhead to start, and to go on after a pause",
    delay: "Camera delay",
    notMeasured: "not measured", measure: "Measure", measureAgain: "Measure again",
    /** @param {number | string} delay_ms */
    milliseconds: (delay_ms) => `${delay_ms} ms`,
  },

  handsHeld: "Keep them up",
  inTime: {
    on: "on the beat", littleLate: "a little late", late: "late", littleEarly: "a little early",
    early: "early",
  },
  /** @param {number | string} moments good ones, one after the other */
  inARow: (moments) => `×${moments} in a row`,
};
