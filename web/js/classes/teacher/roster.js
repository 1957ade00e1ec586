// @ts-check
// Who is in the class, as the teacher's page knows it: newest values, and in which order to look at them.

/** @import { RosterLearner } from "../class_messages.js" */

/** A learner of whom nothing came for so long has gone; each is told of twice a second. */
const FORGOTTEN_MS = 5000;
/** Scores follow with this time constant, so that nobody's tile jumps to and fro. */
const SMOOTH_MS = 3000;
/** Whose timing is off by this much needs help that a score alone does not show. */
const OFF_BEAT_MS = 250, OFF_BEAT_POINTS = 10;
/** A raised hand comes before everything, then whoever is not seen; nobody can help who is away. */
const HAND_NEED = 1000, UNSEEN_NEED = 200, AWAY_NEED = -1000;

/** @typedef {{ learner: RosterLearner, smooth: number | null, seen_ms: number, hand_ms: number }} Known */

/**
 * How much a learner needs the teacher; the larger, the sooner they are looked at.
 * @param {Known} known @param {number} now_ms @returns {number}
 */
export function needOf({ learner, smooth, hand_ms }, now_ms) {
  if (learner.session === "away") return AWAY_NEED;
  if (learner.hand) return HAND_NEED + Math.max(0, now_ms - hand_ms) / 1000; // who waited longest first
  if (learner.connection === "silent" || smooth === null) return UNSEEN_NEED;
  const isOff = Math.abs(learner.lag_ms ?? 0) >= OFF_BEAT_MS;
  return 100 - smooth + (isOff ? OFF_BEAT_POINTS : 0);
}

export class Roster {
  /** @type {Map<number, Known>} */
  #known = new Map();
  /** @type {number[]} the learners' numbers, as they were sorted last */
  #order = [];

  /** Takes one message of the roster; each has some of the learners. @param {RosterLearner[]} learners @param {number} now_ms */
  take(learners, now_ms) {
    for (const learner of learners) {
      const before = this.#known.get(learner.learner);
      const passed_ms = before ? now_ms - before.seen_ms : 0;
      this.#known.set(learner.learner, {
        learner, seen_ms: now_ms, smooth: smoothed(before?.smooth ?? null, learner.score, passed_ms),
        hand_ms: before?.learner.hand ? before.hand_ms : now_ms,
      });
      if (!before) this.#order.push(learner.learner);
    }
    for (const [number, { seen_ms }] of this.#known) {
      if (now_ms - seen_ms > FORGOTTEN_MS) this.#known.delete(number);
    }
    this.#order = this.#order.filter((number) => this.#known.has(number));
  }

  /** Puts those first who need help; between two calls nobody moves. @param {number} now_ms */
  sort(now_ms) {
    const needs = new Map([...this.#known].map(([number, known]) => [number, needOf(known, now_ms)]));
    this.#order.sort((a, b) => (needs.get(b) ?? 0) - (needs.get(a) ?? 0)); // stable: equals stay as they are
  }

  /** Everybody who was let in, in order. @returns {RosterLearner[]} */
  get inside() {
    return this.#order.flatMap((number) => this.#known.get(number)?.learner ?? [])
      .filter(({ session }) => session !== "waiting");
  }

  /** @param {number} number of a learner */
  nameOf(number) {
    return this.#known.get(number)?.learner.name ?? "";
  }

  clear() {
    this.#known.clear();
    this.#order = [];
  }
}

/** @param {number | null} before @param {number | null} score @param {number} passed_ms */
function smoothed(before, score, passed_ms) {
  if (score === null || before === null) return score;
  return before + (score - before) * (1 - Math.exp(-passed_ms / SMOOTH_MS));
}
