// @ts-check
// What this browser stores for the learner: settings and last scores, never a picture.

/** @param {string} key @returns {string | null} */
export function readStorage(key) {
  try {
    return localStorage.getItem(`tandem:${key}`);
  } catch {
    return null; // storage is switched off; the page works without it
  }
}

/** @param {string} key @param {string} value */
export function writeStorage(key, value) {
  try {
    localStorage.setItem(`tandem:${key}`, value);
  } catch {
    // As above.
  }
}

/** Reads what is stored until this tab is closed. @param {string} key @returns {string | null} */
export function readTabStorage(key) {
  try {
    return sessionStorage.getItem(`tandem:${key}`);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
export function writeTabStorage(key, value) {
  try {
    sessionStorage.setItem(`tandem:${key}`, value);
  } catch {
    // As above.
  }
}

/** Removes every key that starts with a prefix. @param {string} prefix */
export function clearStorage(prefix) {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(`tandem:${prefix}`));
    for (const key of keys) localStorage.removeItem(key);
  } catch {
    // As above.
  }
}
