// @ts-check
// Draws a report on a canvas, as an image to share. It has the page's numbers and no picture of the
// learner.

import { LABEL_COLOURS, labelOf, limbColour } from "../feedback/score_colours.js";
import { formatDateTime } from "../i18n/formats.js";
import { words } from "../i18n/words.js";
import { passagesToWorkOn } from "./report_text.js";
import { LIMB_LINES, scoredRuns, timelineEnd_s } from "./score_plot.js";
import { thumbnailTiles } from "./thumbnail_strip.js";

/** @import { Lesson } from "../api.js" */
/** @import { Limb, Summary } from "../connection/protocol.js" */
/** @import { MeasureText, PassageText, ReportText } from "./report_text.js" */

/**
 * @typedef {{ text: ReportText, summary: Summary, lesson: Lesson, learner: string,
 *   at_s: number }} ShareReport
 * @typedef {CanvasRenderingContext2D} Context
 * @typedef {{ size?: number, bold?: boolean, colour?: string, align?: CanvasTextAlign,
 *   maxWidth?: number }} TextStyle
 */

const WIDTH = 1080, HEIGHT = 1350, MARGIN = 72, INNER_WIDTH = WIDTH - 2 * MARGIN;
const TEXT = "#f4f1ea", QUIET = "#aab1c3", ACCENT = "#ffb454", RAIL = "#232838", BACKGROUND = "#0c0e14";

/** @param {ShareReport} report @param {HTMLImageElement | null} sprite the lesson's thumbnails @returns {HTMLCanvasElement} */
export function drawShareImage(report, sprite) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext("2d");
  if (!context) throw new Error("expected a canvas to draw on, got none");
  context.fillStyle = BACKGROUND;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  const { text, summary } = report;
  drawHeader(context, report);
  drawDial(context, text);
  drawVerdict(context, text);
  text.measures.forEach((measure, i) => drawMeasure(context, measure, 690 + 56 * i));
  drawTimeline(context, report, sprite, { top: 850, height: 150, stripHeight: 110 });
  drawPassages(context, words.report.worst, text.worst, text.noWorst, MARGIN, 1178);
  drawPassages(context, words.report.best, text.best, words.report.none, MARGIN + 370, 1178);
  drawLimbs(context, summary, WIDTH - MARGIN - 130, 1140);
  return canvas;
}

/** @param {Context} context @param {string} line @param {number} x @param {number} y @param {TextStyle} [style] */
function drawText(context, line, x, y, { size = 30, bold = false, colour = TEXT, align = "left", maxWidth } = {}) {
  context.font = fontOf(size, bold ? 650 : 400);
  context.fillStyle = colour;
  context.textAlign = align;
  context.fillText(line, x, y, maxWidth);
}

/** @param {number} size @param {number} weight */
const fontOf = (size, weight) => `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;

/** @param {Context} context @param {ShareReport} report */
function drawHeader(context, { lesson, learner, at_s }) {
  drawText(context, "Tandem", MARGIN, 108, { size: 38, bold: true, colour: ACCENT });
  drawText(context, formatDateTime(at_s), WIDTH - MARGIN, 108, { colour: QUIET, align: "right" });
  drawText(context, lesson.title, MARGIN, 186, { size: 56, bold: true, maxWidth: INNER_WIDTH });
  if (learner) drawText(context, learner, MARGIN, 236, { size: 34, colour: QUIET, maxWidth: INNER_WIDTH });
}

/** @param {Context} context @param {ReportText} text */
function drawDial(context, { grade, score, value, label }) {
  const [x, y, radius] = [MARGIN + 165, 435, 150];
  const colour = label ? LABEL_COLOURS[label] : QUIET;
  const ring = (/** @type {number} */ angle, /** @type {string} */ stroke) => {
    context.beginPath();
    context.arc(x, y, radius, -Math.PI / 2, -Math.PI / 2 + angle);
    Object.assign(context, { lineCap: "round", lineWidth: 24, strokeStyle: stroke }).stroke();
  };
  ring(2 * Math.PI, RAIL);
  if (value) ring((2 * Math.PI * value) / 100, colour);
  if (grade) drawText(context, grade, x, y + 32, { size: 150, bold: true, colour, align: "center" });
  const size = grade ? 44 : 96;
  drawText(context, score, x, y + (grade ? 84 : 20), { size, bold: true, align: "center" });
  drawText(context, words.report.ofHundred, x, y + (grade ? 112 : 66), { size: 22, colour: QUIET, align: "center" });
}

/** @param {Context} context @param {ReportText} text */
function drawVerdict(context, { verdict, findings, facts, endReason, change }) {
  const [x, maxWidth] = [470, WIDTH - MARGIN - 470];
  let y = 345;
  for (const line of wrapText(context, verdict, 46, maxWidth)) {
    drawText(context, line, x, y, { size: 46, bold: true });
    y += 54;
  }
  y -= 12;
  const [, [moved, timing]] = facts;
  const found = wrapText(context, findings, 30, maxWidth).slice(0, 2);
  for (const line of [...found, endReason, change, `${moved} ${timing}`]) {
    if (!line) continue;
    y += 42;
    drawText(context, line, x, y, { colour: QUIET, maxWidth });
  }
}

/** Breaks a sentence into lines that fit. @param {Context} context @param {string} sentence @param {number} size @param {number} maxWidth */
function wrapText(context, sentence, size, maxWidth) {
  context.font = fontOf(size, 650);
  /** @type {string[]} */
  const lines = [];
  for (const word of sentence.split(" ")) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && context.measureText(longer).width <= maxWidth) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** @param {Context} context @param {MeasureText} measure @param {number} y */
function drawMeasure(context, { name, value, text, change }, y) {
  const [left, width] = [MARGIN + 170, INNER_WIDTH - 170 - 170];
  drawText(context, name, MARGIN, y, { maxWidth: 150 });
  drawBar(context, left, y - 18, width, RAIL);
  if (value) drawBar(context, left, y - 18, (width * value) / 100, LABEL_COLOURS[labelOf(value)]);
  drawText(context, text, WIDTH - MARGIN - 85, y, { bold: true, align: "right" });
  if (change) drawText(context, change, WIDTH - MARGIN, y, { colour: QUIET, align: "right" });
}

/** @param {Context} context @param {number} x @param {number} y @param {number} width @param {string} colour */
function drawBar(context, x, y, width, colour) {
  context.beginPath();
  context.roundRect(x, y, Math.max(14, width), 14, 7);
  context.fillStyle = colour;
  context.fill();
}

/**
 * The score over the lesson's thumbnails.
 * @param {Context} context @param {ShareReport} report @param {HTMLImageElement | null} sprite
 * @param {{ top: number, height: number, stripHeight: number }} box
 */
function drawTimeline(context, { summary, lesson }, sprite, { top, height, stripHeight }) {
  const end_s = timelineEnd_s(summary.timeline, lesson.duration_s);
  const x = (/** @type {number} */ at_s) => MARGIN + (INNER_WIDTH * at_s) / end_s;
  const y = (/** @type {number} */ score) => top + height * (1 - score / 100);
  const bottom = top + height + 10;
  if (sprite && lesson.thumbnails) {
    const width = x(lesson.duration_s) - MARGIN;
    for (const tile of thumbnailTiles(lesson.thumbnails, lesson.duration_s, width, stripHeight)) {
      context.drawImage(sprite, tile.fromX, tile.fromY, tile.fromWidth, tile.fromHeight,
        MARGIN + tile.x, bottom, tile.width, stripHeight);
    }
  }
  const bands = [...summary.best.map((passage) => ({ ...passage, fill: "rgb(116 224 166 / 20%)" })),
    ...passagesToWorkOn(summary).map((passage) => ({ ...passage, fill: "rgb(255 142 124 / 24%)" }))];
  for (const { from_s, to_s, fill } of bands) {
    context.fillStyle = fill;
    context.fillRect(x(from_s), top, x(to_s) - x(from_s), bottom - top + (sprite ? stripHeight : 0));
  }
  context.fillStyle = RAIL;
  for (const score of [0, 50, 100]) context.fillRect(MARGIN, y(score), INNER_WIDTH, 2);
  drawCurve(context, summary, x, y);
}

/** @param {Context} context @param {Summary} summary @param {(at_s: number) => number} x @param {(score: number) => number} y */
function drawCurve(context, { timeline }, x, y) {
  context.lineWidth = 6;
  for (const run of scoredRuns(timeline)) {
    run.slice(1).forEach(([at_s, score], i) => {
      const [before_s, before] = run[i];
      context.strokeStyle = LABEL_COLOURS[labelOf((score + before) / 2)];
      context.beginPath();
      context.moveTo(x(before_s), y(before));
      context.lineTo(x(at_s), y(score));
      context.stroke();
    });
  }
}

/** @param {Context} context @param {string} title @param {PassageText[]} passages @param {string} none @param {number} x @param {number} y */
function drawPassages(context, title, passages, none, x, y) {
  drawText(context, title, x, y, { size: 28, bold: true });
  if (!passages.length) drawText(context, none, x, y + 46, { size: 28, colour: QUIET });
  passages.slice(0, 3).forEach(({ place, text, label }, i) => {
    drawText(context, place, x, y + 46 * (i + 1), { size: 28, colour: QUIET });
    drawText(context, text, x + 210, y + 46 * (i + 1), { size: 28, bold: true, colour: LABEL_COLOURS[label] });
  });
}

/** A small body with each limb in its colour. @param {Context} context @param {Summary} summary @param {number} left @param {number} top */
function drawLimbs(context, { limbs }, left, top) {
  context.lineWidth = 9;
  context.lineCap = "round";
  for (const [limb, [x1, y1, x2, y2]] of Object.entries(LIMB_LINES)) {
    const colour = limbColour(limbs[/** @type {Limb} */ (limb)] ?? null);
    context.beginPath();
    if (limb === "head") context.arc(left + 60, top + 28, 13, 0, 2 * Math.PI);
    else {
      context.moveTo(left + x1, top + y1);
      context.lineTo(left + x2, top + y2);
    }
    if (limb === "head") Object.assign(context, { fillStyle: colour }).fill();
    else Object.assign(context, { strokeStyle: colour }).stroke();
  }
}
