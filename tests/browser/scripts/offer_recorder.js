// Keeps the offers that the page makes: without candidates, with them, and the candidates one by one.
window.recorded = { trickled: "", page: "", candidates: [] };

const setLocalDescription = RTCPeerConnection.prototype.setLocalDescription;
RTCPeerConnection.prototype.setLocalDescription = async function (...descriptions) {
  this.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate?.candidate) recorded.candidates.push([candidate.sdpMid, candidate.candidate]);
  });
  await setLocalDescription.apply(this, descriptions);
  recorded.trickled ||= this.localDescription.sdp;
};

const request = window.fetch;
window.fetch = (url, init) => {
  if (String(url).endsWith("/api/sessions")) recorded.page = JSON.parse(init.body).sdp;
  return request(url, init);
};

/** As a client's first lines of WebRTC often are: camera and microphone both ways, all defaults. */
window.offerAsClient = async () => {
  const connection = new RTCPeerConnection();
  connection.createDataChannel("control");
  connection.createDataChannel("scores", { ordered: false, maxRetransmits: 0 });
  const sound = new AudioContext().createMediaStreamDestination().stream;
  const camera = await navigator.mediaDevices.getUserMedia({ video: true });
  const both = new MediaStream([...camera.getTracks(), ...sound.getTracks()]);
  for (const track of both.getTracks()) connection.addTrack(track, both);
  await setLocalDescription.call(connection);
  while (connection.iceGatheringState !== "complete") await new Promise((done) => setTimeout(done, 50));
  const { sdp } = connection.localDescription;
  connection.close();
  return sdp;
};
