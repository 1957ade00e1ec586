// @ts-check
// Draws a report on a canvas, to be shared: the page's figures, and no picture of the learner.

import { LABEL_COLOURS, labelOf, limbColour } from "../feedback/score_colours.js";
import { toWorkOn } from "./report_text.js";
import { dateTime } from "../i18n/formats.js";
import { FIGURE, lastOf, runs } from "./score_plot.js";
import { stripOf } from "./thumbnail_strip.js";
import { words } from "../i18n/words.js";

/** @import { Lesson } from "../api.js" */
/** @import { Figures, Stretch } from "./report_text.js" */
/** @import { Limb, Summary } from "../connection/protocol.js" */

/**
 * @typedef {{ figures: Figures, summary: Summary, lesson: Lesson, learner: string, at_s: number,
 *   sprite: HTMLImageElement | null }} Card
 * @typedef {CanvasRenderingContext2D} Pen
 */

const WIDTH = 1080, HEIGHT = 1350, EDGE = 72, INSIDE = WIDTH - 2 * EDGE;
const INK = "#f4f1ea", QUIET = "#aab1c3", LAMP = "#ffb454", RAIL = "#232838", NIGHT = "#0c0e14";

/** @param {Card} card @returns {HTMLCanvasElement} */
export function drawCard(card) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("expected a canvas to draw on, got none");
  pen.fillStyle = NIGHT;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  head(pen, card);
  dial(pen, card.figures);
  inWords(pen, card.figures);
  card.figures.parts.forEach((part, i) => measure(pen, part, 690 + 56 * i));
  timeline(pen, card, 850, 150, 110);
  stretches(pen, words.report.worst, card.figures.worst, card.figures.noWorst, EDGE, 1178);
  stretches(pen, words.report.best, card.figures.best, words.report.none, EDGE + 370, 1178);
  body(pen, card.summary, WIDTH - EDGE - 130, 1140, 1);
  return canvas;
}

/**
 * @param {Pen} pen @param {string} line @param {number} x @param {number} y
 * @param {{ size?: number, bold?: boolean, colour?: string, align?: CanvasTextAlign, most?: number }} [how]
 */
function text(pen, line, x, y, { size = 30, bold = false, colour = INK, align = "left", most } = {}) {
  pen.font = `${bold ? 650 : 400} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  pen.fillStyle = colour;
  pen.textAlign = align;
  pen.fillText(line, x, y, most);
}

/** @param {Pen} pen @param {Card} card */
function head(pen, { lesson, learner, at_s }) {
  text(pen, "Tandem", EDGE, 108, { size: 38, bold: true, colour: LAMP });
  text(pen, dateTime(at_s), WIDTH - EDGE, 108, { colour: QUIET, align: "right" });
  text(pen, lesson.title, EDGE, 186, { size: 56, bold: true, most: INSIDE });
  if (learner) text(pen, learner, EDGE, 236, { size: 34, colour: QUIET, most: INSIDE });
}

/** @param {Pen} pen @param {Figures} figures */
function dial(pen, { grade, score, value, label }) {
  const [x, y, radius] = [EDGE + 165, 435, 150];
  const colour = label ? LABEL_COLOURS[label] : QUIET;
  const from = -Math.PI / 2;
  pen.lineCap = "round";
  ring(pen, x, y, radius, from, 2 * Math.PI, RAIL);
  if (value) ring(pen, x, y, radius, from, (2 * Math.PI * value) / 100, colour);
  if (grade) text(pen, grade, x, y + 32, { size: 150, bold: true, colour, align: "center" });
  const size = grade ? 44 : 96;
  text(pen, score, x, y + (grade ? 84 : 20), { size, bold: true, align: "center" });
  text(pen, words.report.ofHundred, x, y + (grade ? 112 : 66), { size: 22, colour: QUIET, align: "center" });
}

/**
 * @param {Pen} pen @param {number} x @param {number} y @param {number} radius @param {number} from
 * @param {number} long radians @param {string} colour
 */
function ring(pen, x, y, radius, from, long, colour) {
  pen.beginPath();
  pen.arc(x, y, radius, from, from + long);
  pen.lineWidth = 24;
  pen.strokeStyle = colour;
  pen.stroke();
}

/** What it comes to, in words. @param {Pen} pen @param {Figures} figures */
function inWords(pen, { verdict, found, facts, early, change }) {
  const [x, most] = [470, WIDTH - EDGE - 470];
  let y = 345;
  for (const line of broken(pen, verdict, 46, most)) {
    text(pen, line, x, y, { size: 46, bold: true });
    y += 54;
  }
  y -= 12;
  const [, [moved, how]] = facts;
  for (const line of [...broken(pen, found, 30, most).slice(0, 2), early, change, `${moved} ${how}`]) {
    if (!line) continue;
    y += 42;
    text(pen, line, x, y, { colour: QUIET, most });
  }
}

/** Lines of words that fit. @param {Pen} pen @param {string} sentence @param {number} size @param {number} most */
function broken(pen, sentence, size, most) {
  pen.font = `650 ${size}px ${getComputedStyle(document.body).fontFamily}`;
  /** @type {string[]} */
  const lines = [];
  for (const word of sentence.split(" ")) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && pen.measureText(longer).width <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** @param {Pen} pen @param {Figures["parts"][number]} part @param {number} y */
function measure(pen, { name, value, text: figure, change }, y) {
  const [left, width] = [EDGE + 170, INSIDE - 170 - 170];
  text(pen, name, EDGE, y, { most: 150 });
  bar(pen, left, y - 18, width, RAIL);
  if (value) bar(pen, left, y - 18, (width * value) / 100, LABEL_COLOURS[labelOf(value)]);
  text(pen, figure, WIDTH - EDGE - 85, y, { bold: true, align: "right" });
  if (change) text(pen, change, WIDTH - EDGE, y, { colour: QUIET, align: "right" });
}

/** @param {Pen} pen @param {number} x @param {number} y @param {number} width @param {string} colour */
function bar(pen, x, y, width, colour) {
  pen.beginPath();
  pen.roundRect(x, y, Math.max(14, width), 14, 7);
  pen.fillStyle = colour;
  pen.fill();
}

/**
 * The score over the lesson's pictures.
 * @param {Pen} pen @param {Card} card @param {number} top @param {number} tall @param {number} strip heights
 */
function timeline(pen, { summary, lesson, sprite }, top, tall, strip) {
  const last_s = lastOf(summary.timeline, lesson.duration_s);
  const x = (/** @type {number} */ at_s) => EDGE + (INSIDE * at_s) / last_s;
  const y = (/** @type {number} */ score) => top + tall * (1 - score / 100);
  const foot = top + tall + 10;
  if (sprite && lesson.thumbnails) {
    const width = x(lesson.duration_s) - EDGE;
    for (const tile of stripOf(lesson.thumbnails, lesson.duration_s, width, strip)) {
      pen.drawImage(sprite, tile.fromX, tile.fromY, tile.fromWidth, tile.fromHeight,
        EDGE + tile.x, foot, tile.width, strip);
    }
  }
  const bands = [...summary.best.map((one) => ({ ...one, fill: "rgb(116 224 166 / 20%)" })),
    ...toWorkOn(summary).map((one) => ({ ...one, fill: "rgb(255 142 124 / 24%)" }))];
  for (const { from_s, to_s, fill } of bands) {
    pen.fillStyle = fill;
    pen.fillRect(x(from_s), top, x(to_s) - x(from_s), foot - top + (sprite ? strip : 0));
  }
  pen.fillStyle = RAIL;
  for (const score of [0, 50, 100]) pen.fillRect(EDGE, y(score), INSIDE, 2);
  pen.lineWidth = 6;
  for (const run of runs(summary.timeline)) {
    run.slice(1).forEach(([at_s, score], i) => {
      const [before_s, before] = run[i];
      pen.strokeStyle = LABEL_COLOURS[labelOf((score + before) / 2)];
      pen.beginPath();
      pen.moveTo(x(before_s), y(before));
      pen.lineTo(x(at_s), y(score));
      pen.stroke();
    });
  }
}

/** @param {Pen} pen @param {string} title @param {Stretch[]} list @param {string} none @param {number} x @param {number} y */
function stretches(pen, title, list, none, x, y) {
  text(pen, title, x, y, { size: 28, bold: true });
  if (!list.length) text(pen, none, x, y + 46, { size: 28, colour: QUIET });
  list.slice(0, 3).forEach(({ place, text: figure, label }, i) => {
    text(pen, place, x, y + 46 * (i + 1), { size: 28, colour: QUIET });
    text(pen, figure, x + 210, y + 46 * (i + 1), { size: 28, bold: true, colour: LABEL_COLOURS[label] });
  });
}

/** The limb figure. @param {Pen} pen @param {Summary} summary @param {number} left @param {number} top @param {number} by scale */
function body(pen, { limbs }, left, top, by) {
  pen.lineWidth = 9 * by;
  pen.lineCap = "round";
  for (const [limb, [x1, y1, x2, y2]] of Object.entries(FIGURE)) {
    const colour = limbColour(limbs[/** @type {Limb} */ (limb)] ?? null);
    pen.beginPath();
    if (limb === "head") pen.arc(left + 60 * by, top + 28 * by, 13 * by, 0, 2 * Math.PI);
    else {
      pen.moveTo(left + x1 * by, top + y1 * by);
      pen.lineTo(left + x2 * by, top + y2 * by);
    }
    if (limb === "head") Object.assign(pen, { fillStyle: colour }).fill();
    else Object.assign(pen, { strokeStyle: colour }).stroke();
  }
}
