// @ts-check
// The messages of a class (docs/protocol.md, "A class"), and the rules for those that arrive.

import { flag, isNumber, known, listOf, number, oneOf, record, text } from "../connection/message_rules.js";

/** @import { Rule } from "../connection/message_rules.js" */

const TILE_JOINTS = 18;

/** @typedef {"lesson" | "live"} ClassKind */
/** @typedef {[x: number, y: number] | null} TileJoint  0..1 of a tile; null where it is not seen */
/** @typedef {{ name: string, score: number }} BoardEntry */
/** @typedef {{ learner: number, name: string }} Waiting */
/**
 * @typedef {{ state: "refused" | "off" | "waiting" | "on" | "stopped", why: string | null,
 *   why_code: string | null }} Recording  of a class that its teacher wants to keep
 */
/**
 * @typedef {{ type: "class", code: string, title: string, kind: ClassKind, role: "learner" | "teacher",
 *   learner: number | null, admitted: boolean, state: "open" | "held" | "ended", ends_in_s: number | null,
 *   present: number, learners: string[], max_learners: number, leaderboard: BoardEntry[] | null,
 *   on_leaderboard: boolean, keep: boolean, waiting: Waiting[], problem?: string | null,
 *   recording?: Recording | null }} ClassStatus
 *   `problem`, `recording`: to the teacher of a live class, what is wrong with their picture, and whether it is recorded
 * @typedef {{ type: "cue", cue: string | null, text: string | null, to: "you" | "all" }} Cue
 * @typedef {{ type: "hand", learner: number, name: string, up: boolean }} Hand
 * @typedef {{ from_s: number, to_s: number, score: number, failing: number, of: number }} HardPassage
 * @typedef {{ learner: number, name: string, session: "on" | "waiting" | "away", score: number | null,
 *   lag_ms: number | null, weakest: string | null, coverage: number | null,
 *   connection: "good" | "slow" | "silent", hand: boolean, mirror: boolean | null,
 *   pose: TileJoint[] | null, picture: string | null }} RosterLearner
 * @typedef {{ type: "roster", seq: number, from: number, of: number, lesson_s: number, score: number | null,
 *   hardest: HardPassage | null, target: TileJoint[] | null, learners: RosterLearner[] }} RosterMessage
 * @typedef {ClassStatus | Cue | Hand | RosterMessage} ClassServerMessage
 */
/**
 * @typedef {{ type: "hand", up: boolean, learner?: number }
 *   | { type: "cue", cue: string, learner?: number } | { type: "cue", text: string, learner?: number }
 *   | { type: "admit", learner: number } | { type: "refuse", learner: number }
 *   | { type: "class", leaderboard?: boolean, picture?: boolean, keep?: boolean }} ClassClientMessage
 */

const tileJoint = {
  is: "[x, y] or null",
  test: (/** @type {unknown} */ v) => v === null || (Array.isArray(v) && v.length === 2 && v.every(isNumber)),
};
const body = known(listOf(tileJoint, TILE_JOINTS));
const rosterLearner = record({
  learner: number, name: text, session: oneOf(["on", "waiting", "away"]), score: known(number), lag_ms: known(number),
  weakest: known(text), coverage: known(number), connection: oneOf(["good", "slow", "silent"]), hand: flag,
  mirror: known(flag), pose: body, picture: known(text),
});

/** @type {Record<string, Record<string, Rule>>} */
export const CLASS_MESSAGES = {
  class: {
    code: text, title: text, kind: oneOf(["lesson", "live"]), role: oneOf(["learner", "teacher"]), learner: known(number),
    admitted: flag, state: oneOf(["open", "held", "ended"]), ends_in_s: known(number), present: number,
    learners: listOf(text), max_learners: number, leaderboard: known(listOf(record({ name: text, score: number }))),
    on_leaderboard: flag, keep: flag, waiting: listOf(record({ learner: number, name: text })), problem: known(text),
    recording: known(record({ state: oneOf(["refused", "off", "waiting", "on", "stopped"]), why: known(text), why_code: known(text) })),
  },
  cue: { cue: known(text), text: known(text), to: oneOf(["you", "all"]) },
  hand: { learner: number, name: text, up: flag },
  roster: {
    seq: number, from: number, of: number, lesson_s: number, score: known(number),
    hardest: known(record({ from_s: number, to_s: number, score: number, failing: number, of: number })),
    target: body, learners: listOf(rosterLearner),
  },
};
