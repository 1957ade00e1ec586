// A camera that films the screen: what the instructor's <video> shows becomes the webcam's video. In a
// window that another one has opened it films that one, as a phone films a television.
// It replaces getUserMedia without the page's knowledge. `echo.send` sends a message of the test on
// the page's control channel, or on its WebSocket.
window.echo = { frames: 0, control: null, send: (message) => echo.control.send(JSON.stringify(message)) };

const EVERY_MS = 1000 / 15 - 10; // every other of 30 frames/s, as the page asks of a camera
const [WIDTH, HEIGHT] = [480, 640]; // of the lesson

const filmed = window.opener ?? window;
const now_ms = filmed.performance.now.bind(filmed.performance); // the clock of its frames' callbacks
const onFrame = HTMLVideoElement.prototype.requestVideoFrameCallback; // other scripts may take it away

if (window.RTCPeerConnection) {
  const open = RTCPeerConnection.prototype.createDataChannel;
  RTCPeerConnection.prototype.createDataChannel = function (label, options) {
    const channel = open.call(this, label, options);
    if (label === "control") echo.control = channel;
    return channel;
  };
}

if (window.WebSocket) window.WebSocket = class extends WebSocket {
  constructor(...options) {
    super(...options);
    echo.control = this;
  }
};

if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const stream = canvas.captureStream(0);
  const [track] = stream.getVideoTracks();
  let shot_ms = -Infinity;

  function shoot() {
    shot_ms = now_ms();
    echo.frames += 1;
    (track.requestFrame ? track : stream).requestFrame(); // Firefox has it on the stream
  }

  const video = filmed.document.querySelector('[data-part="instructor"]');

  /** @param {number} shown_ms */
  function shown(shown_ms) {
    if (track.readyState === "ended") return;
    if (shown_ms - shot_ms >= EVERY_MS) {
      pen.drawImage(video, 0, 0, WIDTH, HEIGHT);
      shoot();
    }
    onFrame.call(video, shown);
  }

  // A camera also films while the video stands still or has not started.
  const timer = setInterval(() => {
    if (track.readyState === "ended") return clearInterval(timer);
    if (now_ms() - shot_ms < 200) return;
    pen.fillRect(0, HEIGHT - 1, 1, 1);
    shoot();
  }, 100);
  onFrame.call(video, shown);
  return stream;
};
