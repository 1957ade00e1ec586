"""What a session needs of the class that it is part of; `rtc_server.classes` has the seats."""

from __future__ import annotations

from typing import Protocol

from aiortc import RTCRtpSender

from rtc_server.lessons.codecs import VideoCodec
from rtc_server.protocol.class_messages import ClassMessage
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import EndReason, SummaryMessage
from rtc_server.session.connection import SessionDownlink, SessionPeer, SessionPlayhead
from rtc_server.session.playback import Playback
from rtc_server.sync.player import Player
from rtc_server.webrtc.connection import WebRtcConnection
from rtc_server.webrtc.negotiation import OutgoingTracks


class ClassDownlink(SessionDownlink, Protocol):
    """What goes to one learner of a live class, in place of `webrtc.downlink.Downlink`."""

    def tracks(self) -> OutgoingTracks:
        """The tracks to negotiate."""

    def start(self, sender: RTCRtpSender, codec: VideoCodec) -> None:
        """Send the video in the negotiated codec, and listen to the receiver's reports on it."""


class ClassSeat(Protocol):
    """One person's place in a class: a learner's, or the teacher's."""

    def make_playback(
        self, player: Player, playhead: SessionPlayhead, peer: SessionPeer
    ) -> Playback:
        """What plays for them: it follows the class."""

    def make_downlink(self, player: Player) -> ClassDownlink | None:
        """What goes to them; None: the lesson's video and audio."""

    def on_connection(self, connection: WebRtcConnection) -> None:
        """Their connection was negotiated."""

    def on_hello(self) -> None:
        """They got their `welcome`."""

    def handle(self, message: ClassMessage) -> None:
        """Do what they ask for.

        :raises OutOfOrder: nobody in their role may ask for that.
        :raises BadMessage: it names nobody of the class.
        """

    def on_sample(self, message: ScoreMessage) -> None:
        """A sample of theirs was sent to them, scored or not."""

    def on_end(self, reason: EndReason, summary: SummaryMessage) -> None:
        """Their session has ended."""
