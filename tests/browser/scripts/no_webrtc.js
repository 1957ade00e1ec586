// A browser without WebRTC: the page goes over a WebSocket.
delete window.RTCPeerConnection;
