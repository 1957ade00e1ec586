// @ts-check
// What is said of the dancing, by the server's kinds of hints and findings (docs/protocol.md).

/** @import { AdviceKind, FindingKind } from "../../protocol.js" */

export const coach = {
  /** Of the body, by the learner's own left and right: limbs, and what hints and findings name. @type {Record<string, string>} */
  parts: {
    left_upper_arm: "left upper arm", left_forearm: "left forearm",
    right_upper_arm: "right upper arm", right_forearm: "right forearm",
    left_thigh: "left thigh", left_shin: "left shin", right_thigh: "right thigh", right_shin: "right shin",
    torso: "torso", shoulders: "shoulders", head: "head",
    left_arm: "left arm", right_arm: "right arm", left_knee: "left knee", right_knee: "right knee",
    left_foot: "left foot", right_foot: "right foot", arms: "arms", legs: "legs",
  },
  /** @param {string} one @param {string} other */
  and: (one, other) => `${one} and ${other}`,

  /** What to do now; short, to be read from across a room. @type {Record<AdviceKind, (part: string) => string>} */
  hints: {
    step_into_view: () => "step into view",
    watch: (part) => `watch your ${part}`,
    raise: (part) => `raise your ${part}`, lower: (part) => `lower your ${part}`,
    open: (part) => `open your ${part}`, bring_in: (part) => `bring in your ${part}`,
    bend: (part) => `bend your ${part}`, straighten: (part) => `straighten your ${part}`,
    step_out: (part) => `step out with your ${part}`, step_in: (part) => `step in with your ${part}`,
    lean_left: () => "lean more to your left", lean_right: () => "lean more to your right",
    tilt_left: () => "tilt your head to your left", tilt_right: () => "tilt your head to your right",
    level_shoulders: () => "level your shoulders with the instructor’s",
  },

  /** How it went. @type {Record<FindingKind, (part: string, seconds: string) => string>} */
  findings: {
    nobody: () => "Nobody was in view.",
    little_in_view: (part) => (part
      ? `Too little of you was in view: show your ${part}.`
      : "Too little of you was in view."),
    stood_still: () => "You stood still.",
    wrong_side: () => "Left and right were exchanged: you moved left where right was asked.",
    wrong_arms: () => "Your arms were exchanged: the left one did what the right one should.",
    arm_still: (part) => `Your ${part} hung still.`,
    legs_still: () => "Your legs stood still.",
    other_dance: () => "Hardly anything of it was the instructor’s dance.",
    out_of_view: (part) => `Your ${part} were out of view.`,
    half_hearted: () => "Your movements were much smaller than the instructor’s.",
    late: (_, seconds) => `You were ${seconds} s late.`,
    early: (_, seconds) => `You were ${seconds} s early.`,
    weakest: (part) => `Your ${part} was off most.`,
    well: () => "Nothing stood out as wrong.",
  },
};
