// @ts-check
// What the page is doing: a table of phases, and which event leads from one to the next.

/**
 * @typedef {"loading" | "choosing" | "opening" | "connecting" | "ready" | "counting" | "playing"
 *   | "paused" | "reconnecting" | "ending" | "summary" | "history"
 *   | "adding" | "problem"} Phase
 * @typedef {"listed" | "pick" | "opened" | "ready" | "counting" | "playing" | "paused" | "ended"
 *   | "lost" | "summary" | "look" | "add" | "problem" | "leave"} SessionEvent
 */

const ANYWHERE = /** @type {const} */ ({ problem: "problem", leave: "choosing" });
// The server leads: while a session is open its `state` messages decide.
const LED = /** @type {const} */ ({
  ...ANYWHERE,
  ready: "ready", counting: "counting", playing: "playing", paused: "paused", ended: "ending",
  lost: "reconnecting",
});

/** @type {Record<Phase, Partial<Record<SessionEvent, Phase>>>} */
const STEPS = {
  loading: { listed: "choosing", problem: "problem" },
  choosing: { listed: "choosing", pick: "opening", look: "history", add: "adding", problem: "problem" },
  opening: { ...ANYWHERE, opened: "connecting" },
  connecting: LED,
  ready: LED,
  counting: LED,
  playing: LED,
  paused: LED,
  reconnecting: LED,
  ending: { ...ANYWHERE, summary: "summary" },
  summary: { leave: "choosing", pick: "opening", look: "history" },
  history: { leave: "choosing", summary: "summary" },
  adding: { leave: "choosing", pick: "opening" },
  problem: { leave: "choosing", listed: "choosing", pick: "opening", problem: "problem" },
};

/**
 * The phase that follows; the same one where the event means nothing in it.
 * @param {Phase} phase
 * @param {SessionEvent} event
 * @returns {Phase}
 */
export const advance = (phase, event) => STEPS[phase][event] ?? phase;

/** A lesson is under way: there is a place in it to hold, seek and stop. @param {Phase} phase */
export const isRunning = (phase) =>
  phase === "counting" || phase === "playing" || phase === "paused";

/** Announces each change of phase. Event: `phase` (detail `{ phase, before }`). */
export class Session extends EventTarget {
  /** @type {Phase} */
  phase = "loading";

  /** @param {SessionEvent} event @returns {Phase} */
  tell(event) {
    const before = this.phase;
    this.phase = advance(before, event);
    if (this.phase !== before) {
      this.dispatchEvent(new CustomEvent("phase", { detail: { phase: this.phase, before } }));
    }
    return this.phase;
  }
}
