// @ts-check
// Promises for a time that passes and for an event that comes.

/** @param {number} ms @returns {Promise<void>} */
export const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves with the next event of a type. @param {EventTarget} target @param {string} type @returns {Promise<Event>} */
export const once = (target, type) =>
  new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
