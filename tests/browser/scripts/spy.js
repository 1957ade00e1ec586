// Records what the page sends, receives and opens. It does not change what the page does.
window.spy = {
  sent: [], received: [], beacons: [], peers: [], cameras: [], violations: [],
  sockets: [], pictures: { sent: 0, received: 0 }, closes: [],
};

document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sample }) => {
  window.spy.violations.push(`${violatedDirective}: ${blockedURI} ${sample}`);
});

const send = RTCDataChannel.prototype.send;
RTCDataChannel.prototype.send = function (data) {
  window.spy.sent.push({ at_ms: performance.now(), channel: this.label, message: JSON.parse(data) });
  return send.call(this, data);
};

const createDataChannel = RTCPeerConnection.prototype.createDataChannel;
RTCPeerConnection.prototype.createDataChannel = function (label, options) {
  const channel = createDataChannel.call(this, label, options);
  if (!window.spy.peers.includes(this)) window.spy.peers.push(this);
  channel.addEventListener("message", ({ data }) => {
    window.spy.received.push({ at_ms: performance.now(), channel: label, message: JSON.parse(data) });
  });
  return channel;
};

const sendOnSocket = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  if (typeof data !== "string") window.spy.pictures.sent += 1;
  else window.spy.sent.push({ at_ms: performance.now(), channel: "socket", message: JSON.parse(data) });
  return sendOnSocket.call(this, data);
};

window.WebSocket = class extends WebSocket {
  constructor(...options) {
    super(...options);
    window.spy.sockets.push(this);
    this.addEventListener("close", ({ code, reason }) => window.spy.closes.push({ code, reason }));
    this.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") window.spy.pictures.received += 1;
      else window.spy.received.push({ at_ms: performance.now(), channel: "socket", message: JSON.parse(data) });
    });
  }
};

const sendBeacon = navigator.sendBeacon;
navigator.sendBeacon = function (url, data) {
  window.spy.beacons.push(url);
  return sendBeacon.call(this, url, data);
};

if (navigator.mediaDevices) {
  const getUserMedia = navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.getUserMedia = async function (wanted) {
    const stream = await getUserMedia.call(this, wanted);
    window.spy.cameras.push(stream);
    window.spy.opened_ms = performance.now();
    return stream;
  };
}
