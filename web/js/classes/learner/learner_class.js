// @ts-check
// A class on a learner's stage: what the teacher says, who is there, and why it waits.

import { findPart, make } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { translate } from "../../i18n/language.js";
import { applyVolume } from "../../stage/video_volume.js";
import { CueBanner } from "./cue_banner.js";
import { ClassStrip } from "./class_strip.js";
import { WaitingRoom } from "./waiting_room.js";

/** @import { LearnerAttempt } from "../class_attempt.js" */
/** @import { ClassStatus } from "../class_messages.js" */

/** The reason with which the server ends the session of somebody whom the teacher does not let in. */
const REFUSED = "refused";

/** Emits `refused` when the teacher does not let the learner in. @extends {Emitter<{ refused: void }>} */
export class LearnerClass extends Emitter {
  #stage;
  #strip = new ClassStrip();
  #room = new WaitingRoom();
  #cue = new CueBanner();
  #voice = make("audio", { "data-part": "class-voice" });
  /** @type {LearnerAttempt | null} */
  #attempt = null;

  /** @param {HTMLElement} stage */
  constructor(stage) {
    super();
    this.#stage = stage;
    findPart(stage, "panels", HTMLElement).before(this.#strip.element);
    findPart(stage, "panels", HTMLElement).append(this.#room.element, this.#cue.element);
    stage.append(this.#voice);
    this.#strip.on("hand", (up) => this.#attempt?.send({ type: "hand", up }));
    this.#strip.on("picture", (picture) => this.#attempt?.send({ type: "class", picture }));
    this.#strip.on("listed", (leaderboard) => {
      if (this.#attempt) this.#attempt.wishes.isListed = leaderboard;
      this.#attempt?.send({ type: "class", leaderboard });
    });
    this.#strip.on("spoken", (isSpoken) => { this.#cue.isSpoken = isSpoken; });
  }

  /** @param {LearnerAttempt} attempt that the stage shows from now on */
  open(attempt) {
    this.#attempt = attempt;
    const { isListed, hasBoard } = attempt.wishes;
    this.#cue.isSpoken = this.#strip.isSpoken;
    this.#strip.open(isListed, hasBoard);
    this.#room.show("none", null);
    translate(this.#strip.element);
    const { events } = attempt;
    events.on("class", (status) => this.#show(attempt, status));
    events.on("cue", (cue) => this.#cue.show(cue));
    events.on("hand", ({ up }) => this.#strip.showHand(up));
    events.on("voice", (stream) => this.#hear(stream));
    events.on("welcome", () => {
      if (this.#strip.wantsPicture) attempt.send({ type: "class", picture: true }); // another session knows nothing of it
    });
    events.on("state", ({ state, reason }) => {
      if (state === "ended" && reason === REFUSED && attempt === this.#attempt) this.emit("refused");
    });
  }

  /** @param {LearnerAttempt} attempt @param {ClassStatus} status */
  #show(attempt, { admitted, state, ends_in_s, present, leaderboard, on_leaderboard, keep }) {
    if (attempt !== this.#attempt) return;
    this.#room.show(!admitted ? "waiting" : state === "held" ? "away" : "none", ends_in_s);
    this.#stage.dataset.room = admitted ? "in" : "waiting";
    this.#strip.showCount(present);
    this.#strip.showListed(on_leaderboard || attempt.wishes.isListed);
    this.#strip.showBoard(leaderboard, attempt.wishes.name);
    this.#strip.showKept(keep);
  }

  /** @param {MediaStream} stream the teacher's voice */
  #hear(stream) {
    this.#voice.srcObject = stream;
    this.#voice.play().catch(() => {}); // a click allows it, and this class was joined by one
    applyVolume(this.#voice, () => 1, () => {});
  }

  /** The attempt is over. */
  close() {
    this.#attempt = null;
    this.#strip.element.hidden = true;
    this.#room.show("none", null);
    this.#cue.clear();
    this.#voice.srcObject = null;
    delete this.#stage.dataset.room;
  }
}
