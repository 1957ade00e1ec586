// Returns a sentence for each text that is clipped by an edge or overlaps another text.
() => {
  const ABOVE = "dialog, .interruption, .toast, .settings-body, .cue-banner"; // what is meant to cover others
  const root = document.querySelector("dialog[open]") ?? document.querySelector("main");
  const name = (text) => `“${text.trim().slice(0, 30)}”`;
  const texts = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest("option, title, .hidden")) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
    if (boxes.length) texts.push({ element, boxes, text: node.textContent });
  }
  const wrong = [];
  for (const { element, boxes, text } of texts) {
    for (let around = element; around && around !== document.body; around = around.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(around);
      const edge = around.getBoundingClientRect();
      const wide = overflowX !== "visible" && boxes.some((b) => b.left < edge.left - 1 || b.right > edge.right + 1);
      // The line box of a large letter is taller than the letter: half of the difference may be clipped.
      const tall = ["hidden", "clip"].includes(overflowY)
        && boxes.some((b) => b.top < edge.top - b.height / 4 || b.bottom > edge.bottom + b.height / 4);
      if (wide || tall) wrong.push(`${name(text)} is cut off by ${around.className || around.tagName}`);
    }
    if (boxes.some((b) => b.left < -1 || b.right > document.documentElement.clientWidth + 1)) {
      wrong.push(`${name(text)} leaves the page`);
    }
  }
  // A box has room for accents and descenders that most of its letters leave empty.
  const inked = ({ top, bottom, height }) => [top + height / 5, bottom - height / 5];
  const lies = (a, b) => {
    const [[aTop, aBottom], [bTop, bBottom]] = [inked(a), inked(b)];
    return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
      && Math.min(aBottom, bBottom) - Math.max(aTop, bTop) > 2;
  };
  texts.forEach((one, i) => texts.slice(i + 1).forEach((other) => {
    if (one.element.closest(ABOVE) !== other.element.closest(ABOVE)) return;
    if (one.boxes.some((a) => other.boxes.some((b) => lies(a, b)))) {
      wrong.push(`${name(one.text)} lies on ${name(other.text)}`);
    }
  }));
  return wrong;
}
