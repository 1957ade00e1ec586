// @ts-check
// The page of a phone that is the camera of a lesson on another screen.

import { CameraError } from "../connection/open_camera.js";
import { findPart } from "../dom.js";
import { initLanguage } from "../i18n/language.js";
import { LanguageSwitch } from "../i18n/language_switch.js";
import { words } from "../i18n/words.js";
import { storeLatency, storedLatency } from "../stage/camera_latency.js";
import { ScreenWakeLock } from "../stage/wake_lock.js";
import { LiveView } from "./live_view.js";
import { PhoneSession, failureCode, wasCamera } from "./phone_session.js";
import { PhoneWebcam } from "./phone_webcam.js";

/** @import { ServerMessage } from "../connection/protocol.js" */

const page = document.body;
const form = findPart(page, "form", HTMLFormElement);
const code = findPart(page, "code", HTMLInputElement);
const refusal = findPart(page, "refusal", HTMLElement);
const connect = findPart(page, "connect", HTMLButtonElement);
const view = new LiveView(findPart(page, "live", HTMLElement));
const webcam = new PhoneWebcam();
const wakeLock = new ScreenWakeLock();
initLanguage();
const languages = new LanguageSwitch(findPart(page, "languages", HTMLElement));

/** The secret of the link that was scanned; "" for people who type the code. */
let secret = takeSecret();
/** This page was the camera before the browser loaded it again, as after a call on a small phone. */
let goesOn = !secret && wasCamera();
/** @type {PhoneSession | null} */
let session = null;

/** Takes the secret out of the address, so that it is in no history. */
function takeSecret() {
  const found = new URLSearchParams(location.hash.slice(1)).get("pair") ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname);
  return found;
}

function showBegin() {
  page.dataset.camera = "begin";
  findPart(page, "begin", HTMLElement).hidden = false;
  findPart(page, "live", HTMLElement).hidden = true;
  const needsCode = !secret && !goesOn;
  findPart(page, "code-field", HTMLElement).hidden = !needsCode;
  code.required = needsCode;
  connect.textContent = needsCode ? words.phone.connect : words.phone.begin;
  connect.disabled = false;
}

function showLive() {
  page.dataset.camera = "live";
  findPart(page, "begin", HTMLElement).hidden = true;
  findPart(page, "live", HTMLElement).hidden = false;
}

async function begin() {
  refusal.textContent = "";
  connect.disabled = true;
  connect.textContent = words.phone.opening;
  try {
    await webcam.open();
    if (!webcam.stream) return;
    connect.textContent = words.phone.connecting;
    session = new PhoneSession(webcam.stream);
    listenTo(session);
    if (goesOn) await session.goOn();
    else await session.start(secret || code.value);
    showLive();
    wakeLock.keep(true);
    sendLatency();
  } catch (error) {
    session = null;
    webcam.stream?.getTracks().forEach((track) => track.stop());
    showRefusal(error);
  }
}

/** @param {unknown} error */
function showRefusal(error) {
  if (error instanceof CameraError) {
    const { title, advice } = words.problems[error.problem];
    refusal.textContent = [`${title}.`, ...advice].join(" ");
  } else {
    const failure = failureCode(error);
    if (failure !== "unreachable" && failure !== "no-path") { // it does not serve any more
      secret = "";
      goesOn = false;
    }
    refusal.textContent = words.phone.problems[failure] ?? /** @type {Error} */ (error).message;
  }
  showBegin();
}

/** @param {PhoneSession} phone */
function listenTo(phone) {
  phone.on("message", (message) => onMessage(message));
  phone.on("missing", (missing) => {
    view.update({ missing });
    if (!missing) sendLatency();
  });
  phone.on("over", (reason) => end(words.phone.problems[reason] ?? words.phone.ended));
}

/** @param {ServerMessage} message */
function onMessage(message) {
  view.show(message);
  if (message.type === "calibrated" && message.latency_ms !== null) {
    storeLatency(webcam.name, message.latency_ms);
    sendLatency();
  }
  if (message.type === "state" && message.state === "ended") {
    end(words.phone.ended);
  }
}

/** Tells the server the latency of this camera, which it cannot measure. */
function sendLatency() {
  const latency_ms = storedLatency(webcam.name);
  if (latency_ms !== null) session?.send({ type: "camera", latency_ms });
}

/** @param {string} sentence */
function end(sentence) {
  view.end(sentence);
  webcam.close();
  wakeLock.keep(false);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void begin();
});
languages.on("change", () => {
  showBegin();
  view.update({});
});
webcam.on("stream", (stream) => {
  view.showCamera(stream, webcam.facing === "user");
  void session?.replaceCamera(stream);
});
webcam.on("interrupted", (interrupted) => {
  view.update({ interrupted });
  if (!document.hidden) session?.send({ type: "camera", problem: interrupted ? "interrupted" : null });
});
view.on("turn", () => void webcam.turn().then(sendLatency).catch(() => webcam.turn().catch(() => {})));
view.on("end", () => session?.send({ type: "stop" }));
document.addEventListener("visibilitychange", () => {
  session?.send({ type: "camera", problem: document.hidden ? "hidden" : null });
  if (!document.hidden) void webcam.reopen().catch(() => {});
});
window.addEventListener("pagehide", () => session?.leave());
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload(); // it has left its session
});
showBegin();
if (goesOn) void begin();
