// @ts-check
// Finds and creates elements.

/**
 * The element with `data-part=name` under a root.
 * @template {Element} T
 * @param {ParentNode} root @param {string} name @param {new () => T} kind
 * @returns {T}
 * @throws {Error} there is none, or it is of another kind
 */
export function findPart(root, name, kind) {
  const element = root.querySelector(`[data-part="${name}"]`);
  if (element instanceof kind) return element;
  throw new Error(`expected a ${kind.name} with data-part="${name}" in the page, got ${element}`);
}

/**
 * Makes an element with attributes, and with text or children.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {Record<string, string>} [attributes] @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, attributes = {}, children = []) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * Makes an SVG element.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Record<string, string | number>} [attributes] @param {(Node | string)[]} [children]
 * @returns {SVGElementTagNameMap[K]}
 */
export function makeSvg(tag, attributes = {}, children = []) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
