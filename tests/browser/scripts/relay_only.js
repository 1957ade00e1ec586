// A learner whose network lets nothing through but a relay.
const Connection = RTCPeerConnection;
window.RTCPeerConnection = class extends Connection {
  constructor(configuration) { super({ ...configuration, iceTransportPolicy: "relay" }); }
};
