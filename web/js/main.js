// @ts-check
// Wires the page: who hears whom. Everything else is data in, DOM out.

import { fetchLessons } from "./api.js";
import { keepAwake } from "./awake.js";
import { framingAdvice } from "./body.js";
import { part } from "./dom.js";
import { Lessons } from "./lessons.js";
import { recall, remember } from "./memory.js";
import { Notice } from "./notice.js";
import { Round } from "./round.js";
import { Scoreboard } from "./scoreboard.js";
import { Session, isRunning } from "./session.js";
import { Skeleton } from "./skeleton.js";
import { Stage } from "./stage.js";
import { SummaryView } from "./summary.js";
import { Transport } from "./transport.js";
import { ANNOUNCED } from "./words.js";

/** @import { Trouble } from "./live.js" */
/** @import { Score, ServerMessage, State, Summary } from "./protocol.js" */
/** @import { Phase } from "./session.js" */

const page = document.body;
const session = new Session();
const stage = new Stage(part(page, "stage", HTMLElement));
const lessons = new Lessons(part(page, "choosing", HTMLElement));
const notice = new Notice(part(page, "notice", HTMLElement));
const summary = new SummaryView(part(page, "summary", HTMLElement));
const scoreboard = new Scoreboard(
  part(page, "scoreboard", HTMLElement), part(page, "prompt", HTMLElement));
const transport = new Transport(part(page, "transport", HTMLElement), stage.instructor);
const skeleton = new Skeleton(stage.canvas);
const start = part(page, "start", HTMLButtonElement);
const ghost = part(page, "ghost", HTMLInputElement);
const annotated = new URLSearchParams(location.search).has("annotated");

/** @type {Round | null} */
let round = null;

const detail = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail;

async function list() {
  try {
    const found = await fetchLessons();
    lessons.show(found);
    session.tell("listed");
    if (!found.length) trouble({ problem: "no-lessons" });
  } catch {
    trouble({ problem: "server-unreachable" });
  }
}

/** @param {Round} next */
function begin(next) {
  round = next;
  const { live, lesson } = next;
  session.tell("pick");
  stage.prepare(lesson);
  scoreboard.clear();
  transport.setDuration(lesson.duration_s);
  transport.show(next.from_s);
  part(page, "title", HTMLElement).textContent = lesson.title;
  skeleton.start(lessons.mirror);
  live.addEventListener("camera", (event) => {
    session.tell("opened");
    stage.showLearner(detail(event));
  });
  live.addEventListener("instructor", (event) => stage.showInstructor(detail(event)));
  live.addEventListener("annotated", (event) => stage.showAnnotated(detail(event)));
  live.addEventListener("message", (event) => hear(next, detail(event)));
  live.addEventListener("trouble", (event) => trouble(detail(event)));
  void live.begin({ lesson: lesson.id, mirror: lessons.mirror, annotated, video: stage.instructor });
}

/** @param {Round} from @param {ServerMessage} message */
function hear(from, message) {
  from.position.heard(performance.now());
  if (message.type === "score") showScore(message);
  else if (message.type === "state") showState(from, message);
  else if (message.type === "summary") showSummary(from, message);
  else if (message.type === "error") remark(message.message);
  else if (message.type === "welcome") {
    transport.setDuration(message.lesson.duration_s);
    skeleton.setLesson(message.lesson);
  }
}

/** @param {Score} score */
function showScore(score) {
  skeleton.show(score);
  if (session.phase === "playing") {
    scoreboard.show(score);
  } else if (session.phase === "ready") {
    const advice = framingAdvice(score.pose);
    scoreboard.prompt(advice ?? "You are in the picture", advice ? "alert" : "fine");
  }
}

/** @param {Round} from @param {State} message */
function showState(from, { state, lesson_s, countdown_s, reason }) {
  session.tell(state);
  stage.countDown(state === "counting" ? countdown_s ?? 0 : 0);
  transport.setPlaying(state !== "paused");
  if (isRunning(session.phase)) from.position.set(lesson_s, performance.now(), state === "playing");
  if (state === "paused") scoreboard.prompt("Paused", "fine");
  if (state === "ended") from.reason = reason ?? "";
  if (state === "ready" && from.goes) go();
}

/** @param {Round} from @param {Summary} result */
function showSummary(from, result) {
  const key = `last:${from.lesson.id}`;
  const before = recall(key);
  session.tell("summary");
  summary.show(result, from.about(before === null ? null : Number(before)));
  if (result.grade !== null && result.score !== null) remember(key, String(result.score));
}

/** @param {Trouble} what */
function trouble({ problem, ...more }) {
  // What was under way goes on from its place by itself; what had not begun waits for its click.
  round = round && round.continued(isRunning(session.phase) || round.goes);
  session.tell("problem");
  notice.show(problem, more);
}

/** Begins the lesson, and the sound: this is the click that browsers ask for. */
function go() {
  start.disabled = true;
  transport.applyVolume(stage.instructor);
  round?.start();
}

/** @param {number} lesson_s */
function seek(lesson_s) {
  if (!round || (session.phase !== "playing" && session.phase !== "paused")) return;
  const place_s = round.seek(lesson_s);
  round.position.set(place_s, performance.now(), session.phase === "playing");
}

function hold() {
  if (session.phase === "playing") round?.live.send({ type: "pause" });
  else if (session.phase === "paused") round?.live.send({ type: "resume" });
  else if (session.phase === "ready" && !start.disabled) go();
}

function stop() {
  if (isRunning(session.phase)) round?.live.send({ type: "stop" });
  else leave();
}

function leave() {
  round?.live.leave();
  round = null;
  session.tell("leave");
  void list();
}

/** @param {string} sentence something the server did not accept; the session goes on */
function remark(sentence) {
  const line = part(page, "remark", HTMLElement);
  line.textContent = sentence;
  setTimeout(() => { if (line.textContent === sentence) line.textContent = ""; }, 5000);
}

/** @param {Phase} phase @param {Phase} before */
function enter(phase, before) {
  page.dataset.phase = phase;
  part(page, "announcer", HTMLElement).textContent = ANNOUNCED[phase] ?? "";
  if (phase === "ready") {
    start.disabled = false;
    start.focus();
  }
  if (before === "problem") notice.hide();
  if (before === "ready" || before === "counting") scoreboard.clear();
  if (phase === "choosing" || phase === "summary" || phase === "problem") {
    stage.clear();
    skeleton.stop();
  }
  void keepAwake(isRunning(phase) || phase === "ready");
  if (isRunning(phase) && !isRunning(before)) follow();
}

/** Moves the progress bar while a lesson runs. */
function follow() {
  if (!round || !isRunning(session.phase)) return;
  transport.show(round.position.at(performance.now()));
  requestAnimationFrame(follow);
}

session.addEventListener("phase", (event) => enter(detail(event).phase, detail(event).before));
lessons.addEventListener("pick", (event) => begin(new Round(detail(event))));
notice.addEventListener("retry", () => (round ? begin(round) : void list()));
notice.addEventListener("leave", leave);
summary.addEventListener("again", () => round && begin(new Round(round.lesson)));
summary.addEventListener("practise", (event) => round && begin(new Round(round.lesson, detail(event))));
summary.addEventListener("leave", leave);
transport.addEventListener("hold", hold);
transport.addEventListener("stop", stop);
transport.addEventListener("seek", (event) => seek(detail(event)));
transport.addEventListener("step", (event) =>
  round && seek(round.position.at(performance.now()) + detail(event)));
start.addEventListener("click", go);
part(page, "leave-stage", HTMLButtonElement).addEventListener("click", leave);
ghost.checked = recall("ghost") === "yes";
skeleton.showGhost = ghost.checked;
ghost.addEventListener("change", () => {
  skeleton.showGhost = ghost.checked;
  remember("ghost", ghost.checked ? "yes" : "no");
});
window.addEventListener("keydown", (event) => {
  if (isRunning(session.phase) || session.phase === "ready") transport.key(event);
});
window.addEventListener("pagehide", () => {
  round?.live.abandon();
  session.tell("leave"); // a page that comes back from the browser's cache begins at the lessons
});
void list();
