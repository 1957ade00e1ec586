// @ts-check
// Brings the roster's messages to the tiles and to the class over time; not more often than somebody can read.

import { ClassCourse } from "./class_course.js";
import { Roster } from "./roster.js";

/** @import { LessonState } from "../../connection/protocol.js" */
/** @import { HardPassage, RosterMessage, TileJoint } from "../class_messages.js" */
/** @import { TeacherView } from "./teacher_view.js" */

const SORT_MS = 4000; // a tile that moves more often is never found
const COURSE_MS = 2000;

export class RosterBoard {
  #view;
  #roster = new Roster();
  #course = new ClassCourse();
  #end_s = 0;
  #canRepeat = false;
  /** @type {LessonState | ""} */
  #state = "";
  #frame = 0;
  #sorted_ms = 0;
  #drawn_ms = 0;
  #hands = 0;
  /** @type {TileJoint[] | null} */
  #target = null;
  /** @type {HardPassage | null} */
  #hardest = null;
  /** @type {number | null} */
  #mean = null;

  /** @param {TeacherView} view */
  constructor(view) {
    this.#view = view;
    view.tiles.on("choice", (chosen) => view.cues.showChosen(chosen === null ? "" : this.#roster.nameOf(chosen)));
  }

  /** @param {number} duration_s of the lesson; 0 of a live class @param {boolean} canRepeat a passage of it */
  open(duration_s, canRepeat) {
    this.close();
    this.#roster.clear();
    this.#course.clear();
    this.#end_s = duration_s;
    this.#canRepeat = canRepeat;
    this.#state = "";
  }

  /** @param {LessonState} state */
  onState(state) {
    this.#state = state;
  }

  /** @param {RosterMessage} message */
  take({ from, lesson_s, score, hardest, target, learners }) {
    this.#roster.take(learners, performance.now());
    this.#target = target;
    this.#hardest = hardest;
    this.#mean = score;
    if (from === 0 && this.#state === "playing") this.#course.note(lesson_s, score);
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame((now_ms) => this.#draw(now_ms));
  }

  /** @param {number} now_ms */
  #draw(now_ms) {
    const { inside } = this.#roster;
    const hands = inside.filter(({ hand }) => hand).length;
    if (now_ms - this.#sorted_ms > SORT_MS || hands > this.#hands) {
      this.#roster.sort(now_ms);
      this.#sorted_ms = now_ms;
    }
    this.#hands = hands;
    this.#view.showNobody(inside.length === 0);
    this.#view.tiles.show(this.#roster.inside, this.#target);
    if (now_ms - this.#drawn_ms < COURSE_MS) return;
    this.#drawn_ms = now_ms;
    const isRunning = this.#state === "playing" || this.#state === "paused";
    this.#view.course.show(this.#course.timeline, this.#hardest, this.#mean, this.#end_s, this.#canRepeat && isRunning);
  }

  close() {
    cancelAnimationFrame(this.#frame);
  }
}
