"""The camera and microphone of one connection of a live class's teacher, or of an encoder."""

from __future__ import annotations

from rtc_server.webrtc import aiortc_decoder, aiortc_internals
from rtc_server.webrtc.jitter_buffer import EncodedFrame
from rtc_server.webrtc.live.source import LiveSource
from rtc_server.webrtc.negotiation import IncomingMedia
from rtc_server.webrtc.uplink import Uplink


class TeacherMedia:
    """Hands what comes to the source while it is the class's, and decodes it for the poses."""

    def __init__(self, source: LiveSource, incoming: IncomingMedia) -> None:
        """Call it before the first packet."""
        self.is_in_use = False
        self.uplink = Uplink(source.now)
        self._source = source
        if incoming.video is not None:
            self.uplink.connect(incoming.video, self)
            aiortc_internals.on_sender_report(incoming.video, self._on_video_report)
        if incoming.audio is not None:
            aiortc_decoder.replace_audio_buffer(incoming.audio, self._on_sound)
            aiortc_internals.on_sender_report(incoming.audio, self._on_audio_report)

    def use(self) -> None:
        """From now on it is the class's."""
        self.is_in_use = True
        self._source.begin_stream()

    def take(self, codec: str, frame: EncodedFrame, is_key: bool) -> bool:
        """A whole frame came; return whether it may be decoded."""
        return self.is_in_use and self._source.take(codec, frame, is_key)

    def should_request_key_frame(self) -> bool:
        """Whether to ask for a key frame with this packet."""
        return self.is_in_use and self._source.should_request_key_frame()

    def _on_sound(self, payload: bytes, rtp: int) -> None:
        if self.is_in_use:
            self._source.on_sound(payload, rtp)

    def _on_video_report(self, ntp: int, rtp: int) -> None:
        if self.is_in_use:
            self._source.on_video_report(ntp, rtp)

    def _on_audio_report(self, ntp: int, rtp: int) -> None:
        if self.is_in_use:
            self._source.on_audio_report(ntp, rtp)
