// @ts-check
// What this browser keeps for the learner: choices and last scores, never a picture.

/** @param {string} key @returns {string | null} */
export function recall(key) {
  try {
    return localStorage.getItem(`tandem:${key}`);
  } catch {
    return null; // storage is switched off; the page works without
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    localStorage.setItem(`tandem:${key}`, value);
  } catch {
    // As above.
  }
}

/** What this tab keeps until it is closed. @param {string} key @returns {string | null} */
export function recallForNow(key) {
  try {
    return sessionStorage.getItem(`tandem:${key}`);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
export function rememberForNow(key, value) {
  try {
    sessionStorage.setItem(`tandem:${key}`, value);
  } catch {
    // As above.
  }
}

/** Forgets what begins so. @param {string} beginning */
export function forget(beginning) {
  try {
    const ours = Object.keys(localStorage).filter((key) => key.startsWith(`tandem:${beginning}`));
    for (const key of ours) localStorage.removeItem(key);
  } catch {
    // As above.
  }
}
