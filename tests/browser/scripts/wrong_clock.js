// A device whose clock was set wrong: `performance.now()` is seven hours ahead and 50 ppm too fast. The
// wall clock, timeOrigin + now(), stays right, as on a device that asks a time server.
const [AHEAD_MS, PPM] = [7 * 3600_000, 50];
const right_ms = performance.now.bind(performance);
const origin_ms = performance.timeOrigin;
performance.now = () => AHEAD_MS + right_ms() * (1 + PPM * 1e-6);
Object.defineProperty(performance, "timeOrigin", { get: () => origin_ms + right_ms() - performance.now() });
