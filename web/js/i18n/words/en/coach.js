// @ts-check
// Hints and findings about the dancing, by the server's kinds (docs/protocol.md).

/** @import { AdviceKind, FindingKind } from "../../../connection/protocol.js" */

export const coach = {
  /** Parts of the body, by the learner's own left and right: limbs, and what hints and findings name. @type {Record<string, string>} */
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
    step_into_view: () => "Step into view",
    watch: (part) => `Watch your ${part}`,
    raise: (part) => `Raise your ${part}`, lower: (part) => `Lower your ${part}`,
    open: (part) => `Open your ${part}`, bring_in: (part) => `Bring in your ${part}`,
    bend: (part) => `Bend your ${part}`, straighten: (part) => `Straighten your ${part}`,
    step_out: (part) => `Step out with your ${part}`, step_in: (part) => `Step in with your ${part}`,
    lean_left: () => "Lean more to your left", lean_right: () => "Lean more to your right",
    tilt_left: () => "Tilt your head to your left", tilt_right: () => "Tilt your head to your right",
    level_shoulders: () => "Level your shoulders with the instructor’s",
  },

  /** How it went. @type {Record<FindingKind, (part: string, seconds: string) => string>} */
  findings: {
    nobody: () => "Nobody was in view.",
    little_in_view: (part) => (part
      ? `Too little of you was in view: show your ${part}.`
      : "Too little of you was in view."),
    stood_still: () => "You stood still.",
    wrong_side: () => "You mixed up left and right: you moved left where the instructor asked for right.",
    wrong_arms: () => "You mixed up your arms: the left one did what the right one should do.",
    arm_still: (part) => `Your ${part} did not move.`,
    legs_still: () => "Your legs did not move.",
    other_dance: () => "Hardly any of your movements were the instructor’s.",
    out_of_view: (part) => `Your ${part} were out of view.`,
    half_hearted: () => "Your movements were much smaller than the instructor’s.",
    late: (_, seconds) => `You were ${seconds} s late.`,
    early: (_, seconds) => `You were ${seconds} s early.`,
    weakest: (part) => `Your ${part} was the furthest off.`,
    well: () => "Nothing stood out as wrong.",
  },
};
