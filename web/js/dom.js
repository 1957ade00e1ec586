// @ts-check
// Finding and making elements, with a sentence when the page lacks one.

/**
 * The element named `data-part=name` under a root.
 * @template {Element} T
 * @param {ParentNode} root @param {string} name @param {new () => T} kind
 * @returns {T}
 */
export function part(root, name, kind) {
  const element = root.querySelector(`[data-part="${name}"]`);
  if (element instanceof kind) return element;
  throw new Error(`expected a ${kind.name} with data-part="${name}" in the page, got ${element}`);
}

/**
 * A new element with text or children.
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
 * A new SVG element.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag @param {Record<string, string | number>} [attributes] @param {(Node | string)[]} [children]
 * @returns {SVGElementTagNameMap[K]}
 */
export function draw(tag, attributes = {}, children = []) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
