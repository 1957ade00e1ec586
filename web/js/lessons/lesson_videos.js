// @ts-check
// Which form of a lesson's video this browser plays: the original, or the same as WebM.

/** @import { Lesson, LessonVideo } from "../api.js" */

/** @param {string} type @returns {CanPlayTypeResult} */
const canPlay = (type) => document.createElement("video").canPlayType(type);

/**
 * The addresses of a lesson's video in the order in which to try them.
 *
 * A browser knows its containers, but hardly ever what is in them: the first that it may be able to play can
 * still fail, or turn out to be sound without a picture. What it says it cannot play is tried last, because
 * an original may be of a type that the server does not know.
 * @param {Pick<Lesson, "id" | "videos">} lesson
 * @param {(type: string) => CanPlayTypeResult} [canPlayType]
 * @returns {string[]}
 */
export function listVideoUrls(lesson, canPlayType = canPlay) {
  /** @type {LessonVideo[]} */
  const videos = lesson.videos ?? [{ type: "", url: `/api/lessons/${encodeURIComponent(lesson.id)}/video` }];
  const cannot = (/** @type {LessonVideo} */ { type }) => Number(canPlayType(type) === "");
  return [...videos].sort((a, b) => cannot(a) - cannot(b)).map(({ url }) => url);
}
