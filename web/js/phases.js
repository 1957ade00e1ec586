// @ts-check
// What the page is doing: a table of phases, and which event leads from one to the next.

import { Emitter } from "./emitter.js";

/**
 * @typedef {"loading" | "choosing" | "opening" | "connecting" | "ready" | "counting" | "playing"
 *   | "paused" | "reconnecting" | "ending" | "summary" | "history"
 *   | "adding" | "inviting" | "uninvited" | "planning" | "joining" | "teaching" | "class-report"
 *   | "problem"} Phase  "planning": a class that is to be opened; "teaching", "class-report": its teacher's
 * @typedef {"listed" | "pick" | "opened" | "ready" | "counting" | "playing" | "paused" | "ended"
 *   | "lost" | "summary" | "history" | "add" | "invite" | "uninvited" | "plan" | "join" | "teach"
 *   | "report" | "problem" | "leave"} PhaseEvent
 */

/** What the server's answer to a page without a session may lead to. */
const LISTED = /** @type {const} */ ({ listed: "choosing", uninvited: "uninvited", problem: "problem" });
const ANYWHERE = /** @type {const} */ ({ problem: "problem", leave: "choosing" });
// While a session is open the server decides: its `state` messages are the events.
const SESSION = /** @type {const} */ ({
  ...ANYWHERE,
  ready: "ready", counting: "counting", playing: "playing", paused: "paused", ended: "ending",
  lost: "reconnecting",
});

/** @type {Record<Phase, Partial<Record<PhaseEvent, Phase>>>} */
const TRANSITIONS = {
  loading: LISTED,
  uninvited: LISTED,
  choosing: { ...LISTED, pick: "opening", history: "history", add: "adding", invite: "inviting", plan: "planning",
    join: "joining", teach: "teaching" },
  opening: { ...ANYWHERE, opened: "connecting" },
  connecting: SESSION,
  ready: SESSION,
  counting: SESSION,
  playing: SESSION,
  paused: SESSION,
  reconnecting: SESSION,
  ending: { ...ANYWHERE, summary: "summary" },
  summary: { leave: "choosing", pick: "opening", history: "history" },
  history: { leave: "choosing", summary: "summary" },
  adding: { leave: "choosing", pick: "opening" },
  inviting: { leave: "choosing" },
  planning: { leave: "choosing", teach: "teaching" },
  joining: { leave: "choosing", pick: "opening" },
  teaching: { leave: "choosing", report: "class-report" },
  "class-report": { leave: "choosing" },
  problem: { ...LISTED, leave: "choosing", pick: "opening" },
};

/**
 * The phase that follows; the same phase if the event means nothing in it.
 * @param {Phase} phase
 * @param {PhaseEvent} event
 * @returns {Phase}
 */
export const nextPhase = (phase, event) => TRANSITIONS[phase][event] ?? phase;

/** A lesson is under way, so it can be paused, sought and stopped. @param {Phase} phase */
export const isRunning = (phase) =>
  phase === "counting" || phase === "playing" || phase === "paused";

/**
 * Holds the current phase and announces each change.
 * @extends {Emitter<{ phase: { phase: Phase, before: Phase } }>}
 */
export class PhaseMachine extends Emitter {
  /** @type {Phase} */
  phase = "loading";

  /** @param {PhaseEvent} event */
  handle(event) {
    const before = this.phase;
    this.phase = nextPhase(before, event);
    if (this.phase !== before) this.emit("phase", { phase: this.phase, before });
  }
}
