"""What a session needs of the class that it is part of; `rtc_server.classes` has the seats."""

from __future__ import annotations

from typing import Protocol

import av

from rtc_server.protocol.class_messages import ClassMessage
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import EndReason, SummaryMessage
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.session.connection import SessionConnection, SessionPeer, SessionPlayhead
from rtc_server.session.playback import Playback
from rtc_server.sync.player import Player
from rtc_server.webrtc.downlink import MediaDownlink
from rtc_server.webrtc.peer import LossyChannel


class ClassSeat(Protocol):
    """One person's place in a class: a learner's, or the teacher's."""

    @property
    def lossy_channel(self) -> LossyChannel:
        """What their client opens beside `control`."""

    def make_downlink(self, player: Player) -> MediaDownlink | None:
        """What goes to them; None: the lesson's video and audio."""

    def make_playback(
        self, player: Player, playhead: SessionPlayhead, peer: SessionPeer
    ) -> Playback:
        """What plays for them: it follows the class."""

    def on_connection(self, connection: SessionConnection) -> None:
        """Their connection was negotiated; the session begins."""

    def on_hello(self) -> None:
        """They got their `welcome`."""

    def handle(self, message: ClassMessage) -> None:
        """Do what they ask for.

        :raises OutOfOrder: nobody in their role may ask for that.
        :raises BadMessage: it names nobody of the class.
        """

    def on_sample(self, message: ScoreMessage, picture: av.VideoFrame) -> None:
        """A sample of theirs was sent to them, scored or not.

        :param picture: of their camera, that the sample is of.
        """

    async def before_summary(self, attempt: GroupAttempt, reason: EndReason) -> None:
        """Their session ends; the attempt may be judged again before its summary is made."""

    def on_end(self, reason: EndReason, summary: SummaryMessage) -> None:
        """Their session has ended."""
