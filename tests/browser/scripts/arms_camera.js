// A camera that shows a person who moves with the figure on the page, as late as the test says
// (`window.late_ms`), or who holds the arms where the test says (`window.held_deg`). The pictures are
// of a rendered person (`window.poses`: JPEG in base64 by the degrees of the arms). In a window that
// another one has opened, the person looks at that one. It replaces getUserMedia without the page's knowledge.
const EVERY_MS = 1000 / 15;
const [WIDTH, HEIGHT] = [640, 480];
const lookedAt = window.opener ?? window;
const FRAME_MS = 1000 / 60; // what is drawn now is on the screen by then

navigator.mediaDevices.getUserMedia = async () => {
  const pictures = new Map();
  for (const [degrees, base64] of Object.entries(window.poses)) {
    const jpeg = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    // Not an <img> with a data URL: the page's policy allows none.
    pictures.set(Number(degrees), await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" })));
  }
  const known = [...pictures.keys()];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const pen = canvas.getContext("2d");
  const stream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks();
  // A device keeps its name; a canvas gets a new one each time.
  Object.defineProperty(track, "label", { value: "the test's camera" });

  /** What was on the screen, and from when on. @type {{ at_ms: number, degrees: number }[]} */
  const seen = [{ at_ms: -Infinity, degrees: 15 }];
  let shot_ms = -Infinity;

  const shoot = (now_ms) => {
    shot_ms = now_ms;
    const then = seen.findLast(({ at_ms }) => at_ms <= now_ms - window.late_ms) ?? seen[0];
    const degrees = window.held_deg ?? then.degrees;
    const nearest = known.reduce((a, b) => (Math.abs(b - degrees) < Math.abs(a - degrees) ? b : a));
    pen.drawImage(pictures.get(nearest), 0, 0, WIDTH, HEIGHT);
    track.requestFrame();
  };

  new MutationObserver(() => {
    const arm = lookedAt.document.querySelector('[data-part="figure"] .arm');
    const turn = /rotate\((-?[\d.]+)/.exec(arm?.getAttribute("transform") ?? "");
    const at_ms = lookedAt.document.timeline.currentTime + FRAME_MS;
    seen.push({ at_ms, degrees: Math.abs(Number(turn?.[1] ?? 15)) });
  }).observe(lookedAt.document.querySelector('[data-part="figure"]'), { subtree: true, attributeFilter: ["transform"] });

  /** With the pictures on the screen: that is when a canvas hands on what was drawn. */
  const watch = () => {
    if (track.readyState === "ended") return;
    requestAnimationFrame(watch);
    const now_ms = lookedAt.performance.now();
    if (now_ms - shot_ms >= EVERY_MS - FRAME_MS / 2) shoot(now_ms);
  };
  watch();
  return stream;
};
