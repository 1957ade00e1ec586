"""The connection to another session host that shows a live class's teacher to its learners."""

from __future__ import annotations

from rtc_server.webrtc.live.downlink import LiveDownlink
from rtc_server.webrtc.live.encoder_connection import EncoderConnection
from rtc_server.webrtc.negotiation import Answer
from rtc_server.webrtc.peer import Peer


class ViewerConnection(EncoderConnection):
    """As WHEP has it, the other host makes the offer; it gets every frame as it came."""

    def __init__(self, peer: Peer, connect_timeout_s: float, downlink: LiveDownlink) -> None:
        super().__init__(peer, connect_timeout_s)
        self._downlink = downlink
        self._tracks = downlink.tracks()

    def _begin(self, answer: Answer) -> None:
        if answer.video is not None:
            self._downlink.start(*answer.video)
        self._downlink.send_all()
        self._downlink.let_in()
