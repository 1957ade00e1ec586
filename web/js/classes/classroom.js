// @ts-check
// Classes on the page: from the two buttons beside the lessons to the stage or the teacher's view.

import { ApiError } from "../api.js";
import { Attempt } from "../connection/attempt.js";
import { make } from "../dom.js";
import { Emitter } from "../emitter.js";
import { words } from "../i18n/words.js";
import { LearnerAttempt } from "./class_attempt.js";
import { fetchClass, openClass } from "./class_api.js";
import { takeCodeOfLink } from "./class_code_text.js";
import { classProblem, errorSentence } from "./class_texts.js";
import { LearnerSeat } from "./seat.js";

/** @import { Lesson } from "../api.js" */
/** @import { Failure } from "../connection/attempt_events.js" */
/** @import { Access } from "../invitations/invitation_api.js" */
/** @import { LearnerName } from "../lessons/learner_name.js" */
/** @import { PhaseMachine } from "../phases.js" */
/** @import { ClassInfo, ClassWish } from "./class_api.js" */
/** @import { ClassForm } from "./class_form.js" */
/** @import { JoinForm, JoinWish } from "./join_form.js" */
/** @import { Teaching } from "./teacher/teaching.js" */

/**
 * Emits `attempt` to show on the stage, `leave` to go back to the lessons.
 * @extends {Emitter<{ attempt: Attempt, leave: void }>}
 */
export class Classroom extends Emitter {
  #phases;
  #form;
  #joinForm;
  #teaching;
  #name;
  #open = make("button", { type: "button", hidden: "", "data-part": "open-class", "data-i18n": "classes.open" });
  #join = make("button", { type: "button", "data-part": "join-class", "data-i18n": "classes.join" });
  /** @type {Lesson[]} */
  #lessons = [];
  /** @type {Access | null} */
  #invitation = null;
  #mayKeep = false;
  /** From the page's address, until it is used. */
  #linkCode = takeCodeOfLink();
  /** What was typed last into the form, for another try. @type {JoinWish | null} */
  #wish = null;

  /**
   * @param {HTMLElement} root beside the lessons @param {PhaseMachine} phases @param {ClassForm} form
   * @param {JoinForm} joinForm @param {Teaching} teaching @param {LearnerName} name
   */
  constructor(root, phases, form, joinForm, teaching, name) {
    super();
    this.#phases = phases;
    this.#form = form;
    this.#joinForm = joinForm;
    this.#teaching = teaching;
    this.#name = name;
    root.replaceChildren(this.#join, this.#open);
    this.#open.addEventListener("click", () => {
      phases.handle("plan");
      form.open(this.#lessons, this.#mayKeep);
    });
    this.#join.addEventListener("click", () => this.#showJoinForm(""));
    form.on("wish", (wish) => void this.#create(wish));
    form.on("leave", () => this.emit("leave"));
    joinForm.on("code", (code) => void this.#lookUp(code));
    joinForm.on("join", (wish) => void this.#enter(wish));
    joinForm.on("leave", () => this.emit("leave"));
    teaching.on("leave", () => {
      teaching.close();
      this.emit("leave");
    });
    teaching.on("lesson", (lesson) => {
      teaching.close();
      this.emit("leave");
      this.emit("attempt", new Attempt(lesson));
    });
  }

  /**
   * The lessons are shown: offers what this page may do, and goes on with a link or a class of this tab.
   * @param {Lesson[]} lessons @param {Access | null} invitation null: the server is open
   * @param {boolean} hasClasses whether this server has any
   * @param {boolean} mayKeep whether this page may add lessons, also what was danced live
   */
  show(lessons, invitation, hasClasses, mayKeep) {
    this.#mayKeep = mayKeep;
    this.#lessons = lessons;
    this.#invitation = invitation;
    this.#open.hidden = !hasClasses || invitation?.role === "learner";
    this.#join.hidden = !hasClasses;
    if (this.#phases.phase !== "choosing") return;
    if (this.#linkCode) return this.#showJoinForm(this.#linkCode);
    void this.#teaching.restore(lessons);
  }

  /** A link to a class was opened where the page was open. @returns {boolean} whether there was one */
  takeLink() {
    this.#linkCode = takeCodeOfLink() || this.#linkCode;
    return this.#linkCode !== "";
  }

  /** @param {string} code @param {string} [name] */
  #showJoinForm(code, name = this.#name.name) {
    this.#linkCode = "";
    this.#phases.handle("join");
    this.#joinForm.open(code, name, Boolean(this.#invitation?.name));
  }

  /** @param {ClassWish} wish */
  async #create(wish) {
    this.#form.setBusy(true);
    try {
      this.#teaching.open(await openClass(wish), this.#lessons);
    } catch (error) {
      this.#form.showError(errorSentence(error));
    }
    this.#form.setBusy(false);
  }

  /** @param {string} code @returns {Promise<ClassInfo | null>} */
  async #lookUp(code) {
    try {
      const info = await fetchClass(code);
      if (info.state === "ended") throw new ApiError(410, "class_ended", "", null);
      this.#joinForm.showClass(info);
      return info;
    } catch (error) {
      this.#joinForm.showError(errorSentence(error));
      return null;
    }
  }

  /** @param {JoinWish} wish */
  async #enter(wish) {
    this.#wish = wish;
    this.#joinForm.setBusy(true);
    const info = await this.#lookUp(wish.code);
    if (!info) return;
    const isLive = info.kind === "live";
    const lesson = this.#lessonOf(info);
    const wishes = { name: wish.name, isListed: wish.listed, hasBoard: info.leaderboard };
    this.emit("attempt", new LearnerAttempt(lesson, new LearnerSeat(info.code, isLive), wishes));
  }

  /** What the stage shows: the lesson, or the teacher of a live class. @param {ClassInfo} info @returns {Lesson} */
  #lessonOf({ title, kind, lesson }) {
    if (kind === "live" || !lesson) return { id: "", title, duration_s: 0, width: 16, height: 9 };
    return { ...lesson, ...this.#lessons.find(({ id }) => id === lesson.id), title };
  }

  /** The server or the teacher did not let a learner in. @param {string} code @param {string} [detail] */
  showRefusal(code, detail) {
    this.#showJoinForm(this.#wish?.code ?? "", this.#wish?.name);
    this.#joinForm.showError(classProblem(code, detail));
  }

  /** Whether it is about a class, so that the form is where to go on. @param {Failure} failure */
  isRefusal({ problem, code = "" }) {
    return problem === "class-refused" || (this.#wish !== null && problem === "name-refused" && Boolean(code));
  }

  /** The stage is left. */
  forget() {
    this.#wish = null;
  }

  /** Shows it in the current language. */
  update() {
    this.#open.textContent = words.classes.open;
    this.#join.textContent = words.classes.join;
    this.#teaching.update();
  }
}
