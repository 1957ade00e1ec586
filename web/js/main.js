// @ts-check
// Wires the page: who hears whom. Everything else is data in, DOM out.

import { Absence } from "./stage/absence_detector.js";
import { Adding } from "./upload/upload_page.js";
import { fetchConfig, fetchLessons } from "./api.js";
import { Awake } from "./stage/wake_lock.js";
import { Cues } from "./feedback/sound_cues.js";
import { part } from "./dom.js";
import { framingAdvice } from "./stage/framing_checklist.js";
import { HistoryView } from "./results/history_view.js";
import { InterruptionView } from "./stage/interruption_panel.js";
import { interruptionOf } from "./stage/interruption_rules.js";
import { begin as beginLanguage } from "./i18n/language.js";
import { Languages } from "./i18n/language_switch.js";
import { Lessons } from "./lessons/lesson_picker.js";
import { Notice } from "./feedback/error_panel.js";
import { Past } from "./results/results_history.js";
import { Practice } from "./stage/practice_controls.js";
import { Remark } from "./feedback/toast.js";
import { Reports } from "./results/reports.js";
import { Round } from "./connection/attempt.js";
import { whyWords } from "./feedback/sentences.js";
import { Scoreboard } from "./feedback/scoreboard.js";
import { Session, isRunning } from "./phases.js";
import { Settings } from "./stage/settings.js";
import { Skeleton } from "./stage/skeleton.js";
import { Stage } from "./stage/stage.js";
import { SummaryView } from "./results/summary_view.js";
import { Transport } from "./stage/transport.js";
import { WarmUp } from "./stage/standby.js";
import { Who } from "./lessons/learner_name.js";
import { words } from "./i18n/words.js";

/** @import { Access, Lesson } from "./api.js" */
/** @import { FinalTrouble, Wait } from "./connection/reconnect.js" */
/** @import { Score, ServerMessage, State } from "./connection/protocol.js" */
/** @import { Phase } from "./phases.js" */
/** @import { Limits } from "./upload/upload_api.js" */

const page = document.body;
const session = new Session();
const stage = new Stage(part(page, "stage", HTMLElement));
const lessons = new Lessons(part(page, "choosing", HTMLElement));
const adding = new Adding(part(page, "adding", HTMLElement), part(page, "choosing", HTMLElement));
const who = new Who(part(page, "who", HTMLElement));
const history = new HistoryView(part(page, "history", HTMLElement));
const past = new Past(who, history);
const reports = new Reports(new SummaryView(part(page, "summary", HTMLElement)), who);
const notice = new Notice(part(page, "notice", HTMLElement));
const scoreboard = new Scoreboard(
  part(page, "scoreboard", HTMLElement), part(page, "prompt", HTMLElement));
const transport = new Transport(part(page, "transport", HTMLElement), stage.instructor);
const practice = new Practice(part(page, "practice", HTMLElement), place_s);
const interruption = new InterruptionView(part(page, "interruption", HTMLElement));
const skeleton = new Skeleton(stage.canvas, part(page, "ghost", HTMLInputElement));
const remark = new Remark(part(page, "remark", HTMLElement));
const awake = new Awake();
const absence = new Absence();
const cues = new Cues();
const settings = new Settings(part(page, "settings", HTMLElement), cues.wanted);
const warmUp = new WarmUp(part(page, "stage", HTMLElement), settings);
const start = part(page, "start", HTMLButtonElement);
const FOLLOW_MS = 80; // a pixel or two of the progress bar
const annotated = new URLSearchParams(location.search).has("annotated");

beginLanguage(); // after all that has words is in the page
const languages = new Languages(part(page, "languages", HTMLElement));

/** @type {Round | null} */
let round = null;
/** What the server has. @type {Lesson[]} */
let library = [];
/** @type {Access} */
let access = "off";
/** @type {Limits | undefined} */
let uploads;

const detail = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail;

/** Where in the lesson we are. */
function place_s() {
  return round ? round.position.at(performance.now()) : 0;
}

async function list() {
  try {
    const [found, config] = await Promise.all([fetchLessons(), fetchConfig()]);
    library = found;
    access = config.history ?? "off";
    uploads = config.uploads;
    offer();
    session.tell("listed");
    if (!library.length && !uploads?.allowed) trouble({ problem: "no-lessons" });
  } catch {
    trouble({ problem: "server-unreachable" });
  }
}

/** Shows what can be chosen, in the language that is spoken. */
function offer() {
  lessons.show(library, Boolean(uploads?.allowed), adding.tile.element);
  adding.offer(uploads);
  who.show(access);
}

/** @param {Round} next */
function begin(next) {
  round = next;
  absence.clear();
  session.tell("pick");
  stage.prepare(next.lesson);
  scoreboard.clear();
  transport.setDuration(next.lesson.duration_s);
  transport.show(place_s());
  practice.offer(next.rates);
  practice.begin(next.pace);
  part(page, "title", HTMLElement).textContent = next.lesson.title;
  skeleton.start(lessons.mirror);
  next.addEventListener("camera", (event) => {
    session.tell("opened");
    stage.showLearner(detail(event));
    warmUp.use(next.webcam.device);
    tellDelay();
  });
  next.addEventListener("camera-change", interrupt);
  next.addEventListener("instructor", (event) => stage.showInstructor(detail(event)));
  next.addEventListener("annotated", (event) => stage.showAnnotated(detail(event)));
  next.addEventListener("message", (event) => hear(next, detail(event)));
  next.addEventListener("wait", (event) => lost(detail(event)));
  next.addEventListener("trouble", (event) => trouble(detail(event)));
  void next.begin({
    mirror: lessons.mirror, annotated, learner: who.learner, video: stage.instructor,
  });
}

/** @param {Round} from @param {ServerMessage} message */
function hear(from, message) {
  if (message.type === "score") showScore(message);
  else if (message.type === "state") showState(from, message);
  else if (message.type === "summary") {
    session.tell("summary");
    void reports.tell(from, message);
  }
  else if (message.type === "error") remark.say(words.trouble.told[message.code] ?? message.message);
  else if (message.type === "calibrated") warmUp.hear(message);
  else if (message.type === "welcome") {
    transport.setDuration(message.lesson.duration_s);
    practice.offer(from.rates);
    skeleton.setLesson(message.lesson);
    tellDelay();
    if (from.begun && !message.resumed) remark.say(words.stage.scoreLost);
  }
}

/** What the server cannot know: how late this camera is. */
function tellDelay() {
  const latency_ms = warmUp.delay_ms;
  if (latency_ms !== null) round?.tell({ type: "camera", latency_ms });
}

/** @param {Score} score */
function showScore(score) {
  skeleton.show(score);
  const now_ms = performance.now();
  if (session.phase === "playing") {
    scoreboard.show(score, now_ms);
    if (absence.sees(score.pose, now_ms)) round?.hold();
  } else warmUp.see(score, now_ms);
  if (session.phase === "paused" && absence.waits) awaitSomebody(score);
}

/** Nobody was seen: helps somebody into the picture, and goes on once they are there. @param {Score} score */
function awaitSomebody({ framing }) {
  interruption.advise(framingAdvice(framing ?? []) ?? "");
  if (absence.isOver(framing)) hold();
}

/** @param {Round} from @param {State} message */
function showState(from, { state, countdown_s }) {
  const before = session.phase;
  session.tell(state);
  if (state === "playing") absence.goesOn();
  if (state === "counting") cues.play("tick");
  if (state === "playing" && before === "counting") cues.play("go");
  if (state === "playing" && before === "playing" && from.pace.loop) cues.play("passage");
  stage.countDown(state === "counting" ? countdown_s ?? 0 : 0);
  transport.setPlaying(state !== "paused");
  practice.show(from.pace);
  if (state === "paused") scoreboard.prompt(words.stage.paused, "fine");
  if (state === "ready" && from.goes && from.mayGo) go();
  interrupt();
}

/** Says what keeps the lesson from going on, or takes that away. */
function interrupt() {
  interruption.show(
    round && interruptionOf(session.phase, round.webcam.state, round.wasAway, absence.waits));
  stage.showNobody(Boolean(round?.webcam.gone));
}

/** @param {Wait} wait */
function lost(wait) {
  session.tell("lost");
  stage.awaitInstructor();
  scoreboard.prompt("");
  interrupt();
  interruption.count(wait);
}

/** The way on from what interrupts. */
function act() {
  if (interruption.name === "reconnecting") round?.tryNow();
  else if (round?.webcam.gone) void round.webcam.retake(true);
  else {
    if (interruption.name === "nobody") absence.excuse();
    hold();
  }
}

/** The results, of the lesson that was danced last where there is one. @param {string} [lesson] */
function look(lesson) {
  session.tell("look");
  past.open(library, lesson);
}

/** @param {FinalTrouble} what */
function trouble({ problem, ...more }) {
  if (problem === "name-refused") {
    leave();
    return who.refuse(whyWords(more.code ?? "") || (more.detail ?? ""));
  }
  round = round && round.continued();
  session.tell("problem");
  notice.show(problem, more);
}

/** Begins the lesson, and the sound: this is the click that browsers ask for. */
function go() {
  if (start.disabled || warmUp.skip()) return; // it is asked for already, or not meant
  start.disabled = true;
  transport.applyVolume(stage.instructor);
  round?.start();
}

/** @param {number} lesson_s */
function seek(lesson_s) {
  if (session.phase === "playing" || session.phase === "paused") round?.seek(lesson_s);
}

function hold() {
  if (round?.webcam.gone) return;
  if (session.phase === "playing") round?.hold();
  else if (session.phase === "paused") round?.goOn();
  else if (session.phase === "ready") go();
}

function stop() {
  if (settings.close() || warmUp.skip()) return;
  if (isRunning(session.phase)) round?.stop();
  else leave();
}

function leave() {
  round?.leave();
  round = null;
  session.tell("leave");
  void list();
}

/** @param {Phase} phase @param {Phase} before */
function enter(phase, before) {
  page.dataset.phase = phase;
  part(page, "announcer", HTMLElement).textContent = words.stage.announced[phase] ?? "";
  if (phase === "ready") {
    start.disabled = false;
    start.textContent = round?.begun ? words.stage.again : words.stage.start;
    start.focus();
  }
  warmUp.enter(phase);
  if (before === "problem") notice.hide();
  if (before === "adding") adding.rest();
  if (before === "ready" || before === "counting") scoreboard.clear();
  if (phase === "choosing" || phase === "summary" || phase === "problem") {
    stage.clear();
    skeleton.stop();
  }
  awake.keep(isRunning(phase) || phase === "ready" || phase === "reconnecting");
  if (isRunning(phase) && !isRunning(before)) follow();
}

/** Moves the progress bar while a lesson runs. */
function follow() {
  if (!round || !isRunning(session.phase)) return;
  transport.show(place_s());
  setTimeout(follow, FOLLOW_MS);
}

session.addEventListener("phase", (event) => enter(detail(event).phase, detail(event).before));
languages.addEventListener("change", offer);
lessons.addEventListener("pick", (event) => begin(new Round(detail(event))));
lessons.addEventListener("edit", (event) => adding.edit(detail(event)));
adding.addEventListener("open", () => session.tell("add"));
adding.addEventListener("leave", leave);
adding.addEventListener("changed", () => { if (session.phase === "choosing") void list(); });
adding.addEventListener("pick", (event) => begin(new Round(detail(event))));
notice.addEventListener("retry", () => (round ? begin(round) : void list()));
notice.addEventListener("leave", leave);
reports.addEventListener("begin", (event) => begin(detail(event)));
reports.addEventListener("look", (event) => look(detail(event)));
who.addEventListener("look", () => look());
history.addEventListener("leave", leave);
past.addEventListener("report", (event) => {
  session.tell("summary");
  reports.showKept(detail(event), library);
});
past.addEventListener("erased", leave);
reports.addEventListener("leave", leave);
transport.addEventListener("hold", hold);
transport.addEventListener("stop", stop);
transport.addEventListener("seek", (event) => seek(detail(event)));
transport.addEventListener("step", (event) => seek(place_s() + detail(event)));
practice.addEventListener("rate", (event) => round?.setRate(detail(event)));
practice.addEventListener("loop", (event) => round?.setLoop(detail(event)));
practice.addEventListener("marks", (event) => transport.mark(detail(event)));
practice.addEventListener("remark", (event) => remark.say(detail(event)));
settings.addEventListener("cues", (event) => { cues.wanted = detail(event); });
scoreboard.addEventListener("combo", () => cues.play("combo"));
warmUp.addEventListener("go", hold);
warmUp.addEventListener("send", (event) => round?.tell(detail(event)));
warmUp.addEventListener("prompt", (event) => scoreboard.prompt(detail(event).text, detail(event).tone));
warmUp.addEventListener("settled", () => start.focus());
interruption.addEventListener("act", act);
interruption.addEventListener("leave", leave);
start.addEventListener("click", go);
part(page, "panels", HTMLElement).addEventListener("click", ({ target }) => {
  // The largest button there is.
  if (isRunning(session.phase) && target instanceof Element && target.closest(".picture")) hold();
});
part(page, "leave-stage", HTMLButtonElement).addEventListener("click", leave);
window.addEventListener("keydown", (event) => {
  if (!isRunning(session.phase) && session.phase !== "ready") return;
  transport.key(event);
  practice.key(event);
});
document.addEventListener("visibilitychange", () => round?.look());
window.addEventListener("online", () => round?.tryNow());
window.addEventListener("pagehide", () => {
  round?.abandon();
  session.tell("leave"); // a page that comes back from the browser's cache begins at the lessons
});
void list();
