// Events that a test cannot cause in a browser without a screen: the page is hidden, the camera is
// unplugged. Each function does what Chromium does in that case.
window.mishaps = {
  /** The learner looks at another tab, or their phone sleeps; then they come back. */
  hide(hidden) {
    const state = hidden ? "hidden" : "visible";
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  },

  /** Why the camera cannot be opened: the name of a DOMException, "" when it can. */
  without: "",

  /** The real track ends, says so, and the list of devices changes. @param {string} name */
  pullOut(name) {
    this.without = name;
    const [track] = spy.cameras.at(-1).getTracks();
    track.stop();
    track.dispatchEvent(new Event("ended"));
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  },

  plugIn() {
    this.without = "";
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
  },

  /** Screen wake locks that were given. */
  locks: [],
};

if (navigator.mediaDevices) {
  const open = navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = async function (wanted) {
    const { without } = window.mishaps;
    if (without) throw new DOMException("Requested device not found", without);
    return open.call(this, wanted);
  };
}

if (navigator.wakeLock) {
  const request = navigator.wakeLock.request;
  navigator.wakeLock.request = async function (type) {
    const lock = await request.call(this, type);
    window.mishaps.locks.push(lock);
    return lock;
  };
}
