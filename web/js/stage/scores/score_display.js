// @ts-check
// What is shown of each score: skeletons over the camera's picture, one learner's score or several dancers'.

import { findPart } from "../../dom.js";
import { Emitter } from "../../emitter.js";
import { Scoreboard } from "../../feedback/scoreboard.js";
import { GroupBoard } from "./group_board.js";
import { GroupScores } from "./group_scores.js";
import { Skeleton } from "../skeleton.js";

/** @import { Mirror, Score } from "../../connection/protocol.js" */
/** @import { Group } from "../../lessons/dancers_choice.js" */

/**
 * Emits `combo` as the scoreboard does.
 * @extends {Emitter<{ combo: number }>}
 */
export class ScoreDisplay extends Emitter {
  #root;
  #skeleton;
  #scoreboard;
  #board;
  #scores = new GroupScores();
  /** @type {Group} */
  #group = { dancers: 1, names: [] };

  /** @param {HTMLElement} root @param {HTMLCanvasElement} canvas over the camera's picture */
  constructor(root, canvas) {
    super();
    this.#root = root;
    this.#skeleton = new Skeleton(canvas, findPart(root, "ghost", HTMLInputElement));
    this.#scoreboard = new Scoreboard(
      findPart(root, "scoreboard", HTMLElement), findPart(root, "prompt", HTMLElement));
    this.#scoreboard.on("combo", (moments) => this.emit("combo", moments));
    this.#board = new GroupBoard(findPart(root, "dancers", HTMLElement));
  }

  /** @param {Mirror} mirror @param {Group} group */
  open(mirror, group) {
    this.#group = group;
    this.#root.dataset.dancers = String(group.dancers);
    this.#skeleton.start(mirror, group.dancers);
    this.reset();
  }

  /** Forgets what was shown. */
  reset() {
    this.#scoreboard.reset();
    this.#board.reset(this.#group);
    this.#scores.reset(this.#group.dancers);
  }

  stop() {
    this.#skeleton.stop();
  }

  /** @param {{ width: number, height: number }} lesson */
  setLesson(lesson) {
    this.#skeleton.setLesson(lesson);
  }

  /** @param {string} text @param {"hint" | "alert" | "fine"} [tone] */
  showPrompt(text, tone) {
    this.#scoreboard.showPrompt(text, tone);
  }

  /**
   * Shows a score; returns what it says about all who dance.
   * @param {Score} score @param {boolean} isPlaying @param {boolean} awaitsAnybody the lesson waits until
   *   one of them is back @param {number} now_ms
   */
  show(score, isPlaying, awaitsAnybody, now_ms) {
    if (this.#group.dancers === 1) {
      this.#skeleton.show(score, 0);
      if (isPlaying) this.#scoreboard.show(score, now_ms);
      return score;
    }
    const place = this.#scores.take(score);
    this.#skeleton.show(score, place);
    if (isPlaying) this.showPrompt(this.#board.show(place, score, now_ms));
    return this.#scores.together(score, awaitsAnybody);
  }
}
