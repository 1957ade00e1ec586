// A browser whose frame callbacks say nothing of RTP, and whose receivers use a clock of their own, as
// Safari's did.
const request = HTMLVideoElement.prototype.requestVideoFrameCallback;
HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
  return request.call(this, (now_ms, { rtpTimestamp, captureTime, receiveTime, ...frame }) => {
    callback(now_ms, frame);
  });
};

const list = RTCRtpReceiver.prototype.getSynchronizationSources;
RTCRtpReceiver.prototype.getSynchronizationSources = function () {
  return list.call(this).map((source) => ({ ...source, timestamp: performance.now() }));
};
