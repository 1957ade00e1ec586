// @ts-check
// Rules for the fields of messages: what each has to be, in words and as a test.

/** @typedef {{ is: string, test: (value: unknown) => boolean }} Rule */

/** @param {unknown} value @returns {value is number} */
export const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
/** @param {unknown} value @returns {value is Record<string, unknown>} */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

export const number = { is: "a number", test: isNumber };
export const text = { is: "a text", test: (/** @type {unknown} */ v) => typeof v === "string" };
export const flag = { is: "true or false", test: (/** @type {unknown} */ v) => typeof v === "boolean" };

/** @param {Rule} rule @returns {Rule} */
export const known = (rule) => ({
  is: `${rule.is} or null`,
  test: (value) => value === null || value === undefined || rule.test(value),
});
/** @param {readonly string[]} names @returns {Rule} */
export const oneOf = (names) => ({
  is: `one of ${names.join(", ")}`,
  test: (value) => names.includes(/** @type {string} */ (value)),
});
/** @param {Rule} item @param {number} [length] @returns {Rule} */
export const listOf = (item, length) => ({
  is: `a list of ${length ?? "any number of"} × ${item.is}`,
  test: (value) =>
    Array.isArray(value) && (length ?? value.length) === value.length && value.every(item.test),
});
/** @param {Record<string, Rule>} fields @returns {Rule} */
export const record = (fields) => ({
  is: `an object with ${Object.keys(fields).join(", ")}`,
  test: (value) =>
    isObject(value) && Object.entries(fields).every(([name, rule]) => rule.test(value[name])),
});

export const joint = {
  is: "[x, y, score]",
  test: (/** @type {unknown} */ v) =>
    Array.isArray(v) && v.length === 3 && isNumber(v[2]) && v.every((n) => n === null || isNumber(n)),
};
export const limbs = {
  is: "limbs with 0..1 or null each",
  test: (/** @type {unknown} */ v) => isObject(v) && Object.values(v).every(known(number).test),
};
