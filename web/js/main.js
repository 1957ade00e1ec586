// @ts-check
// Connects the parts of the page. All other modules take data and show it, or the other way round.

import { takeTokenOfLink } from "./access_token.js";
import { fetchConfig, fetchLessons } from "./api.js";
import { LearnerAttempt } from "./classes/class_attempt.js";
import { ClassForm } from "./classes/class_form.js";
import { Classroom } from "./classes/classroom.js";
import { JoinForm } from "./classes/join_form.js";
import { LearnerClass } from "./classes/learner/learner_class.js";
import { ClassReportView } from "./classes/teacher/class_report.js";
import { TeacherView } from "./classes/teacher/teacher_view.js";
import { Teaching } from "./classes/teacher/teaching.js";
import { Attempt } from "./connection/attempt.js";
import { findPart } from "./dom.js";
import { ErrorPanel } from "./feedback/error_panel.js";
import { codeSentence } from "./feedback/sentences.js";
import { initLanguage } from "./i18n/language.js";
import { LanguageSwitch } from "./i18n/language_switch.js";
import { words } from "./i18n/words.js";
import { IdentityNote } from "./invitations/identity_note.js";
import { InvitationPanel } from "./invitations/invitation_panel.js";
import { Invitations } from "./invitations/invitations.js";
import { InviteView } from "./invitations/invite_view.js";
import { takeOperatorCookie } from "./invitations/operator_cookie.js";
import { DancersChoice, placeOf } from "./lessons/dancers_choice.js";
import { chosenInstructors } from "./lessons/instructor_choice.js";
import { LearnerName } from "./lessons/learner_name.js";
import { LessonPicker } from "./lessons/lesson_picker.js";
import { TokenForm } from "./lessons/token_form.js";
import { PhaseMachine } from "./phases.js";
import { GroupView } from "./results/group_view.js";
import { HistoryView } from "./results/history_view.js";
import { Reports } from "./results/reports.js";
import { ResultsHistory } from "./results/results_history.js";
import { SummaryView } from "./results/summary_view.js";
import { Stage } from "./stage/stage.js";
import { isStored, keepPage } from "./stored_page.js";
import { UploadPage } from "./upload/upload_page.js";

/** @import { HistoryAccess, Lesson, ServerConfig } from "./api.js" */
/** @import { Failure } from "./connection/attempt_events.js" */
/** @import { Access } from "./invitations/invitation_api.js" */
/** @import { Group } from "./lessons/dancers_choice.js" */
/** @import { Phase } from "./phases.js" */
/** @import { UploadLimits } from "./upload/upload_api.js" */

const page = document.body;
const phases = new PhaseMachine();
const stage = new Stage(findPart(page, "stage", HTMLElement), phases);
const lessonPicker = new LessonPicker(findPart(page, "choosing", HTMLElement));
const dancersChoice = new DancersChoice(findPart(page, "group", HTMLElement));
const learnerName = new LearnerName(findPart(page, "who", HTMLElement));
const tokenForm = new TokenForm(findPart(page, "access", HTMLElement));
const invitationPanel = new InvitationPanel(findPart(page, "uninvited", HTMLElement));
const inviteView = new InviteView(findPart(page, "inviting", HTMLElement));
const identityNote = new IdentityNote(findPart(page, "identity", HTMLElement));
const invitations = new Invitations(invitationPanel, inviteView, identityNote);
const uploadPage = new UploadPage(
  findPart(page, "adding", HTMLElement), findPart(page, "choosing", HTMLElement));
const historyView = new HistoryView(findPart(page, "history", HTMLElement));
const resultsHistory = new ResultsHistory(learnerName, historyView);
const reports = new Reports(
  new SummaryView(findPart(page, "summary", HTMLElement)),
  new GroupView(findPart(page, "group-result", HTMLElement)), learnerName);
const learnerClass = new LearnerClass(findPart(page, "stage", HTMLElement));
const teaching = new Teaching(
  new TeacherView(findPart(page, "teaching", HTMLElement)),
  new ClassReportView(findPart(page, "class-report", HTMLElement)), phases);
const classroom = new Classroom(
  findPart(page, "class-choice", HTMLElement), phases, new ClassForm(findPart(page, "planning", HTMLElement)),
  new JoinForm(findPart(page, "joining", HTMLElement)), teaching, learnerName);
const errorPanel = new ErrorPanel(findPart(page, "notice", HTMLElement));
initLanguage(); // after every element with a text is in the page
const languageSwitch = new LanguageSwitch(findPart(page, "languages", HTMLElement));

/** What the server has. @type {Lesson[]} */
let lessons = [];
/** @type {HistoryAccess} */
let historyAccess = "off";
/** Who this page is; null where the server is open. @type {Access | null} */
let invitation = null;
/** @type {UploadLimits | undefined} */
let uploadLimits;

async function loadLessons() {
  try {
    const config = await fetchConfig();
    placeTokenForm(config);
    if (config.access === "invite") {
      phases.handle("uninvited");
      return invitations.showPanel(config.invitation?.problem);
    }
    invitation = await takeOperatorCookie(config); // before images are shown
    lessons = await fetchLessons();
    historyAccess = config.history ?? "off";
    uploadLimits = invitation?.role === "learner" ? undefined : config.uploads; // teachers add lessons
    identityNote.show(invitation);
    showLessons();
    phases.handle("listed");
    classroom.show(lessons, invitation, Boolean(config.classes?.length), Boolean(uploadLimits?.allowed));
    if (!lessons.length && !uploadLimits?.allowed) showFailure({ problem: "no-lessons" });
  } catch {
    showFailure({ problem: "server-unreachable" });
  }
}

/** Shows the operator's token form where the operator is. @param {ServerConfig} config */
function placeTokenForm(config) {
  const section = config.access === "invite" ? "uninvited" : "choosing";
  findPart(page, section, HTMLElement).append(findPart(page, "access", HTMLElement));
  tokenForm.show(config);
}

/** Shows what can be chosen, in the current language. */
function showLessons() {
  lessonPicker.show(
    lessons, Boolean(uploadLimits?.allowed), uploadPage.tile.element, dancersChoice.group(learnerName.name));
  uploadPage.setLimits(uploadLimits);
  learnerName.show(historyAccess, invitation);
  identityNote.update();
  invitationPanel.update();
  classroom.update();
}

/** Whether the page shows what the server has, or that it has nothing for it. */
function isListing() {
  const isOpen = phases.phase === "choosing" || phases.phase === "uninvited";
  return isOpen || (phases.phase === "problem" && !stage.attempt);
}

/** @param {Attempt} attempt */
function openAttempt(attempt) {
  const { mirror } = lessonPicker;
  if (attempt instanceof LearnerAttempt) {
    const { name } = attempt.wishes;
    learnerClass.open(attempt);
    return stage.open(attempt, { mirror, learner: name, group: { dancers: 1, names: [name] } });
  }
  const group = dancersChoice.group(learnerName.name);
  stage.open(attempt, {
    mirror, learner: group.dancers > 1 ? "" : learnerName.learner, group,
    ...(group.dancers > 1 && { dancers: group.dancers, learners: namesToKeep(group) }),
    instructors: chosenInstructors(attempt.lesson, group.dancers),
  });
}

/** By the server's numbers; null where nothing is kept: of who was invited, results are theirs alone. @param {Group} group */
function namesToKeep({ dancers, names }) {
  const kept = names.map((name, place) => (learnerName.learner && (!invitation || place === 0) ? name || null : null));
  return Array.from({ length: dancers }, (_, dancer) => kept[placeOf(dancer, dancers)] ?? null);
}

/** Shows the stored results, of one lesson if it is given. @param {string} [lesson] */
function openHistory(lesson) {
  phases.handle("history");
  resultsHistory.open(lessons, lesson);
}

/** A learner of a class is back at the form. @param {string} code @param {string} [detail] */
function showClassRefusal(code, detail) {
  leave();
  classroom.showRefusal(code, detail);
}

/** @param {Failure} failure */
function showFailure(failure) {
  if (stage.attempt?.seat && classroom.isRefusal(failure)) return showClassRefusal(failure.code ?? "", failure.detail);
  if (failure.problem === "name-refused") {
    leave();
    return learnerName.showRefusal(codeSentence(failure.code ?? "") || (failure.detail ?? ""));
  }
  stage.attempt = stage.attempt && stage.attempt.continued();
  phases.handle("problem");
  errorPanel.show(failure);
}

/** Goes back to the lessons. */
function leave() {
  stage.close();
  phases.handle("leave");
  void loadLessons();
}

/** @param {{ phase: Phase, before: Phase }} change */
function onPhase({ phase, before }) {
  page.dataset.phase = phase;
  findPart(page, "announcer", HTMLElement).textContent = words.stage.announced[phase] ?? "";
  stage.onPhase(phase, before);
  if (before === "problem") errorPanel.hide();
  if (before === "adding") uploadPage.hide();
  if (phase === "summary" || phase === "problem" || phase === "choosing") learnerClass.close();
}

phases.on("phase", onPhase);
languageSwitch.on("change", showLessons);
dancersChoice.on("change", () => { if (phases.phase === "choosing") showLessons(); });
lessonPicker.on("pick", (lesson) => openAttempt(new Attempt(lesson)));
lessonPicker.on("edit", (lesson) => uploadPage.edit(lesson));
tokenForm.on("token", () => void loadLessons());
invitations.on("entered", () => { if (isListing()) void loadLessons(); });
identityNote.on("invite", () => {
  phases.handle("invite");
  invitations.open(lessons);
});
inviteView.on("leave", leave);
classroom.on("attempt", openAttempt);
classroom.on("leave", leave);
learnerClass.on("refused", () => showClassRefusal("refused"));
learnerName.on("history", () => openHistory());
uploadPage.on("open", () => phases.handle("add"));
uploadPage.on("leave", leave);
uploadPage.on("changed", () => { if (phases.phase === "choosing") void loadLessons(); });
uploadPage.on("pick", (lesson) => openAttempt(new Attempt(lesson)));
stage.on("summary", ({ attempt, summary }) => void reports.showAttempt(attempt, summary,
  attempt.seat ? { dancers: 1, names: [] } : dancersChoice.group(learnerName.name)));
stage.on("failure", showFailure);
stage.on("leave", leave);
reports.on("attempt", openAttempt);
reports.on("history", openHistory);
reports.on("leave", leave);
historyView.on("leave", leave);
resultsHistory.on("report", (report) => {
  phases.handle("summary");
  reports.showStored(report, lessons);
});
resultsHistory.on("deleted", leave);
errorPanel.on("retry", () => {
  if (isStored()) location.reload();
  else if (stage.attempt) openAttempt(stage.attempt);
  else void invitations.enterByLink().then(loadLessons);
});
errorPanel.on("phone", () => {
  if (!stage.attempt) return;
  stage.attempt.screenOnly = true;
  openAttempt(stage.attempt);
});
errorPanel.on("leave", () => (isStored() ? location.reload() : leave()));
window.addEventListener("hashchange", () => { // the server's link was opened where the page was open
  const hasClass = classroom.takeLink();
  const hasToken = takeTokenOfLink();
  void invitations.enterByLink().then((entered) => {
    if ((hasToken || entered || hasClass) && isListing()) void loadLessons();
  });
});
takeTokenOfLink();
if (isStored()) showFailure({ problem: "server-unreachable" });
else void invitations.enterByLink().then(loadLessons).then(keepPage); // afterwards: nothing that is waited for shares the network with it
