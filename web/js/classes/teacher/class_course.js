// @ts-check
// The class over time: its mean score at each second of the lesson that was danced.

const MAX_SECONDS = 3 * 3600; // bounds what a long class keeps

export class ClassCourse {
  /** @type {Map<number, { sum: number, count: number }>} */
  #seconds = new Map();

  /** @param {number} lesson_s @param {number | null} score the mean of all who are scored */
  note(lesson_s, score) {
    const second = Math.floor(lesson_s);
    if (score === null || second < 0 || second >= MAX_SECONDS) return;
    const { sum, count } = this.#seconds.get(second) ?? { sum: 0, count: 0 };
    this.#seconds.set(second, { sum: sum + score, count: count + 1 });
  }

  /** @returns {[lesson_s: number, score: number][]} */
  get timeline() {
    return [...this.#seconds].sort(([a], [b]) => a - b).map(([second, { sum, count }]) => [second, sum / count]);
  }

  clear() {
    this.#seconds.clear();
  }
}
