// @ts-check
// 조사: 앞말의 받침에 따라 고른다. Particles follow the last letter of the word before them.

const FIRST = "가".charCodeAt(0), FINALS = 28;

/** @param {string} word @param {string} closed after a final consonant @param {string} open after a vowel */
function joined(word, closed, open) {
  const syllable = word.charCodeAt(word.length - 1) - FIRST;
  return word + (syllable >= 0 && syllable % FINALS ? closed : open);
}

/** @param {string} word */
export const eul = (word) => joined(word, "을", "를");
/** @param {string} word */
export const i = (word) => joined(word, "이", "가");
/** @param {string} word */
export const gwa = (word) => joined(word, "과", "와");
