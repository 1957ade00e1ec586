// @ts-check
// The binary messages of a WebSocket: a small header, then a JPEG picture (docs/protocol.md).

const VERSION = 1;
const WEBCAM = 1;
const ANNOTATED = 2;
const WEBCAM_HEADER_BYTES = 32;
const ANNOTATED_HEADER_BYTES = 8;

/**
 * @typedef {{ captured_ms: number, sent_ms: number, lesson_s: number | null, rate: number }} PictureHeader
 *   `lesson_s`: what the screen showed when it was captured, null where that is not known; `rate`:
 *   seconds of the lesson per second, 0 while it stood still
 */

/**
 * The header of one picture of the webcam.
 * @param {PictureHeader} header
 * @returns {ArrayBuffer}
 */
export function writeWebcamHeader({ captured_ms, sent_ms, lesson_s, rate }) {
  const view = new DataView(new ArrayBuffer(WEBCAM_HEADER_BYTES));
  view.setUint8(0, VERSION);
  view.setUint8(1, WEBCAM);
  view.setUint16(2, WEBCAM_HEADER_BYTES);
  view.setFloat32(4, rate);
  view.setFloat64(8, captured_ms);
  view.setFloat64(16, sent_ms);
  view.setFloat64(24, lesson_s === null ? NaN : lesson_s * 1000);
  return view.buffer;
}

/**
 * The JPEG in a message of the server; null if it is another kind of message.
 * @param {ArrayBuffer} data
 * @returns {Blob | null}
 */
export function readAnnotated(data) {
  const view = new DataView(data);
  if (view.byteLength < ANNOTATED_HEADER_BYTES) return null;
  if (view.getUint8(0) !== VERSION || view.getUint8(1) !== ANNOTATED) return null;
  return new Blob([data.slice(view.getUint16(2))], { type: "image/jpeg" });
}
