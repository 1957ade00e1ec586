// @ts-check
// Protocol v1 on the page's side: every message in both directions, and a check of those that arrive.

import { CLASS_MESSAGES } from "../classes/class_messages.js";
import { flag, isNumber, isObject, joint, known, limbs, listOf, number, oneOf, record, text } from "./message_rules.js";

/** @import { ClassClientMessage, ClassServerMessage } from "../classes/class_messages.js" */
/** @import { Rule } from "./message_rules.js" */

export const PROTOCOL = 1;
export const JOINTS = 18;
export const LIMBS = /** @type {const} */ ([
  "left_upper_arm", "left_forearm", "right_upper_arm", "right_forearm",
  "left_thigh", "left_shin", "right_thigh", "right_shin",
  "torso", "shoulders", "head",
]);

/** @typedef {typeof LIMBS[number]} Limb */
/** @typedef {"ready" | "counting" | "playing" | "paused" | "ended"} LessonState */
/** @typedef {"perfect" | "great" | "good" | "ok" | "miss"} Label */
/** @typedef {"on" | "off" | "auto"} Mirror */
/** @typedef {[x: number | null, y: number | null, confidence: number]} Joint  0..1 of the picture */
/** @typedef {Partial<Record<Limb, number | null>>} Limbs  scores 0..1, null for a limb that was not seen */
/** @typedef {{ from_s: number, to_s: number, score: number }} Passage */
/** @typedef {[from_s: number, to_s: number]} Loop  a passage that is repeated */
/**
 * @typedef {"step_into_view" | "watch" | "raise" | "lower" | "open" | "bring_in" | "bend" | "straighten"
 *   | "step_out" | "step_in" | "lean_left" | "lean_right" | "tilt_left" | "tilt_right" | "level_shoulders"
 * } AdviceKind
 * @typedef {{ kind: AdviceKind | string, part: string | null }} Advice  a hint by its kind, without a sentence
 * @typedef {"nobody" | "little_in_view" | "stood_still" | "wrong_side" | "wrong_arms" | "arm_still"
 *   | "legs_still" | "other_dance" | "out_of_view" | "half_hearted" | "late" | "early" | "weakest" | "well"
 * } FindingKind
 * @typedef {{ kind: FindingKind | string, parts: string[], amount: number | null, sentence: string }} Finding
 */

/**
 * @typedef {{ type: "welcome", protocol: number, session: string, pose_fps: number,
 *   lesson: { id: string, title: string, duration_s: number, width: number, height: number },
 *   rates?: number[] | null, dancers?: number | null, resumed?: { lesson_s: number, samples: number } | null }} Welcome
 * @typedef {{ type: "pong", t0_ms: number, t1_ms: number, t2_ms: number }} Pong
 * @typedef {{ type: "state", state: LessonState, lesson_s: number,
 *   countdown_s?: number | null, reason?: string | null,
 *   rate?: number | null, loop?: Loop | null }} State
 * @typedef {{ type: "error", code: string, message: string, status?: number,
 *   retry_after_s?: number }} ServerError  `status`, `retry_after_s`: of a WebSocket that is refused
 * @typedef {{ type: "score", seq: number, lesson_s: number, score: number | null,
 *   shape: number | null, timing: number | null, energy: number | null, label: Label | null,
 *   coverage: number | null, lag_ms: number | null, limbs: Limbs | null, hint: string | null,
 *   advice?: Advice | null,
 *   pose: Joint[] | null, target: Joint[] | null, age_ms: number | null,
 *   skew_ms: number | null, sync: string | null, framing?: string[] | null, dancer?: number | null }} Score  `dancer`: of several, from 0 on
 * @typedef {{ score: number | null, shape: number | null, timing: number | null,
 *   energy: number | null, grade: string | null, coverage: number | null, lag_ms: number | null,
 *   samples: number, dropped: number, limbs: Limbs, best: Passage[], worst: Passage[],
 *   timeline: [number, number | null][], mirror: Mirror, complete: boolean,
 *   findings?: Finding[] | null }} SummaryFields
 * @typedef {SummaryFields & { dancer: number }} DancerSummary
 * @typedef {{ from_s: number, to_s: number, scores: (number | null)[], best: number | null }} GroupPassage
 *   `scores`: of each dancer; `best`: whose was clearly the best
 * @typedef {SummaryFields & { type: "summary", dancers?: DancerSummary[] | null,
 *   passages?: GroupPassage[] | null }} Summary  of several dancers, its own fields are the first one's
 * @typedef {{ type: "calibrated", latency_ms: number | null, spread_ms: number | null,
 *   cycles: number, problem: string | null }} Calibrated
 * @typedef {{ type: "camera", source: "own" | "phone" | "none", phone: string, problem: string | null,
 *   aspect: number | null, latency_ms?: number | null }} CameraStatus  which camera is looked at, and how
 *   the phone is; `latency_ms`: how late it knows its camera to be
 * @typedef {{ type: "framing", framing: string[] | null, pose: Joint[] }} PhoneFraming  to the phone
 * @typedef {Welcome | Pong | State | ServerError | Score | Summary | Calibrated | CameraStatus
 *   | PhoneFraming | ClassServerMessage} ServerMessage
 */

/**
 * @typedef {{ type: "hello", protocol: number, client: string }
 *   | { type: "ping", t0_ms: number, wall_ms: number, rtt_ms?: number, t2_ms?: number, t3_ms?: number }
 *   | { type: "playhead", rtp: number, shown_ms: number, presented: number, via?: string,
 *     sent_ms?: number }
 *   | { type: "start", lesson_s?: number } | { type: "pause" } | { type: "resume" }
 *   | { type: "seek", lesson_s: number } | { type: "rate", rate: number }
 *   | { type: "loop", from_s?: number, to_s?: number }
 *   | { type: "camera", latency_ms: number } | { type: "camera", use: "own" | "phone" }
 *   | { type: "camera", problem: "hidden" | "interrupted" | null }
 *   | { type: "calibrate", begins_ms?: number, period_ms?: number, cycles?: number }
 *   | { type: "stop" } | { type: "bye" } | ClassClientMessage} ClientMessage
 */

/** A known message has a wrong or missing field: expected, got, where. */
export class ProtocolError extends Error {}

const moment = {
  is: "[lesson_s, score]",
  test: (/** @type {unknown} */ v) =>
    Array.isArray(v) && v.length === 2 && isNumber(v[0]) && known(number).test(v[1]),
};
const passages = listOf(record({ from_s: number, to_s: number, score: number }));
const finding = record({ kind: text, parts: listOf(text), amount: known(number), sentence: text });
const parts = { shape: known(number), timing: known(number), energy: known(number) };
const summary = {
  score: known(number), ...parts, grade: known(text), coverage: known(number),
  lag_ms: known(number), samples: number, dropped: number, limbs, best: passages,
  worst: passages, timeline: listOf(moment), mirror: oneOf(["on", "off", "auto"]), complete: flag,
  findings: known(listOf(finding)),
};
const groupPassage = record({ from_s: number, to_s: number, scores: listOf(known(number)), best: known(number) });

/** @type {Record<string, Record<string, Rule>>} */
const MESSAGES = {
  welcome: {
    protocol: number, session: text, pose_fps: number,
    lesson: record({ id: text, title: text, duration_s: number, width: number, height: number }),
    rates: known(listOf(number)), dancers: known(number), resumed: known(record({ lesson_s: number, samples: number })),
  },
  pong: { t0_ms: number, t1_ms: number, t2_ms: number },
  state: {
    state: oneOf(["ready", "counting", "playing", "paused", "ended"]), lesson_s: number,
    countdown_s: known(number), reason: known(text), rate: known(number),
    loop: known(listOf(number, 2)),
  },
  error: { code: text, message: text },
  calibrated: {
    latency_ms: known(number), spread_ms: known(number), cycles: number, problem: known(text),
  },
  camera: {
    source: oneOf(["own", "phone", "none"]), phone: text, problem: known(text), aspect: known(number),
    latency_ms: known(number),
  },
  framing: { framing: known(listOf(text)), pose: listOf(joint, JOINTS) },
  score: {
    seq: number, lesson_s: number, score: known(number), ...parts,
    label: known(oneOf(["perfect", "great", "good", "ok", "miss"])),
    coverage: known(number), lag_ms: known(number), limbs: known(limbs), hint: known(text),
    advice: known(record({ kind: text, part: known(text) })),
    pose: known(listOf(joint, JOINTS)), target: known(listOf(joint, JOINTS)),
    age_ms: known(number), skew_ms: known(number), sync: known(text),
    framing: known(listOf(text)), dancer: known(number),
  },
  summary: {
    ...summary,
    dancers: known(listOf(record({ ...summary, dancer: number }))), passages: known(listOf(groupPassage)),
  },
  ...CLASS_MESSAGES,
};

/**
 * Parses a text from the server; null if it has a type that this page does not know.
 * @param {string} data
 * @returns {ServerMessage | null}
 * @throws {ProtocolError} it is not JSON, or a field of a known type is wrong
 */
export function parseMessage(data) {
  let message;
  try {
    message = JSON.parse(data);
  } catch {
    throw new ProtocolError(`expected JSON from the server, got ${data.slice(0, 80)}`);
  }
  if (!isObject(message) || typeof message.type !== "string") {
    throw new ProtocolError(`expected an object with a type, got ${data.slice(0, 80)}`);
  }
  const rules = Object.hasOwn(MESSAGES, message.type) ? MESSAGES[message.type] : null;
  if (!rules) return null;
  for (const [field, rule] of Object.entries(rules)) {
    if (rule.test(message[field])) continue;
    const got = JSON.stringify(message[field]);
    throw new ProtocolError(`expected ${rule.is} in ${message.type}.${field}, got ${got}`);
  }
  return /** @type {ServerMessage} */ (/** @type {unknown} */ (message));
}
