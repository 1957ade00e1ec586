"""The places of a class as sessions know them: the learners' and the teacher's."""

from __future__ import annotations

import asyncio

import av

from rtc_server.classes.attended_class import AttendedClass
from rtc_server.classes.class_clock import ClassClock
from rtc_server.classes.classroom import Classroom
from rtc_server.classes.followed_playback import FollowedPlayback
from rtc_server.classes.live_teacher import TeacherFeed
from rtc_server.classes.members import Attendee, Member, TeacherSession
from rtc_server.errors import OutOfOrder
from rtc_server.protocol.class_messages import (
    Admit,
    ClassMessage,
    ClassNews,
    Refuse,
    RosterMessage,
    SendCue,
    SetClassWishes,
    ShowHand,
)
from rtc_server.protocol.client_messages import PlaybackCommand, Stop
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import EndReason, SummaryMessage
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.session.connection import SessionConnection, SessionPeer, SessionPlayhead
from rtc_server.session.playback import Playback
from rtc_server.sync.player import Player
from rtc_server.webrtc.connection import WebRtcConnection
from rtc_server.webrtc.downlink import MediaDownlink
from rtc_server.webrtc.peer import LossyChannel


class _Seat(Attendee):
    """What both have: a session's connection and playback."""

    lossy_channel: LossyChannel = "scores"

    def __init__(self, room: AttendedClass) -> None:
        self.is_over = False
        self._room = room
        self._feed: TeacherFeed | None = None  # of a live class
        self._peer: SessionPeer | None = None
        self._playback: FollowedPlayback | None = None
        self._ended: EndReason | None = None  # asked for before there was a session

    def make_downlink(self, player: Player) -> MediaDownlink | None:
        if self._room.live is not None:
            self._feed = self._room.live.open_downlink(player)
        return self._feed

    def make_playback(
        self, player: Player, playhead: SessionPlayhead, peer: SessionPeer
    ) -> Playback:
        playback = self._follow(player, playhead, peer)
        self._peer, self._playback = peer, playback
        if self._ended is not None:
            playback.end(self._ended)
        return playback

    def _follow(
        self, player: Player, playhead: SessionPlayhead, peer: SessionPeer
    ) -> FollowedPlayback:
        return FollowedPlayback(player, playhead, peer, self._room.clock, self.on_open)

    def on_open(self) -> None:
        """Messages can be sent both ways."""

    def on_connection(self, connection: SessionConnection) -> None:
        """A learner's is like any other's."""

    def let_in(self) -> None:
        if self._playback is not None:
            self._playback.let_in()
        if self._feed is not None:
            self._feed.let_in()

    def tell(self, message: ClassNews) -> None:
        if self._peer is not None:
            self._peer.send_control(message)

    def end(self, reason: EndReason) -> None:
        self._ended = reason
        if self._playback is not None:
            self._playback.end(reason)

    async def before_summary(self, attempt: GroupAttempt, reason: EndReason) -> None:
        """A class with a lesson is judged as it is danced."""


class LearnerSeat(_Seat):
    """A learner's place."""

    def __init__(self, room: AttendedClass, member: Member) -> None:
        super().__init__(room)
        self._member = member

    async def before_summary(self, attempt: GroupAttempt, reason: EndReason) -> None:
        if self._room.live is not None and reason != "server stopping":  # that may not take long
            await self._room.live.judge(attempt)

    def on_open(self) -> None:
        if self._member.seat is self:
            self._room.on_learner(self._member)

    def on_hello(self) -> None:
        self._room.tell_one(self, self._member, again=True)

    def handle(self, message: ClassMessage) -> None:
        match message:
            case ShowHand(up, None):
                self._room.set_hand(self._member, is_up=up)
            case SetClassWishes(leaderboard, picture, None):
                self._room.set_wishes(self._member, leaderboard, picture)
            case _:
                raise OutOfOrder("expected hand or class {leaderboard, picture} of a learner")

    def on_sample(self, message: ScoreMessage, picture: av.VideoFrame) -> None:
        if self._member.is_let_in:
            self._room.on_sample(self._member, message, picture.width / picture.height)
        if self._member.is_let_in and self._member.shows_picture:
            self._member.snapshots.update(picture, asyncio.get_running_loop().time())

    def on_end(self, reason: EndReason, summary: SummaryMessage) -> None:  # noqa: ARG002
        self.is_over = True
        self._room.on_learner_end(self._member, self, summary)


class TeacherSeat(_Seat, TeacherSession):
    """The teacher's place; the last who takes it has it."""

    lossy_channel: LossyChannel = "roster"
    _room: Classroom

    def _follow(
        self, player: Player, playhead: SessionPlayhead, peer: SessionPeer
    ) -> FollowedPlayback:
        args = (player, playhead, peer, self._room.clock, self.on_open)
        return TeacherPlayback(*args)

    def on_connection(self, connection: SessionConnection) -> None:
        if self._room.live is not None and isinstance(connection, WebRtcConnection):
            self._room.live.connect_teacher(connection)

    def on_open(self) -> None:
        self.let_in()
        self._room.on_teacher(self)

    def show(self, roster: RosterMessage) -> None:
        if self._peer is not None:
            self._peer.send_score(roster)

    def on_hello(self) -> None:
        self._room.tell_one(self, None, again=True)

    def handle(self, message: ClassMessage) -> None:
        room = self._room
        match message:
            case SendCue():
                room.send_cue(message)
            case Admit(learner):
                room.let_in(room.members.find(learner))
            case Refuse(learner):
                room.refuse(room.members.find(learner))
            case ShowHand(False, int(learner)):
                room.set_hand(room.members.find(learner), is_up=False)
            case SetClassWishes(None, None, bool(keep)):
                if room.live is not None:
                    room.live.recording.set_keep(keep=keep)
            case _:
                raise OutOfOrder("expected hand {learner, up: false} or class {keep} of a teacher")

    def on_sample(self, message: ScoreMessage, picture: av.VideoFrame) -> None:
        """Nobody scores the teacher."""

    def on_end(self, reason: EndReason, summary: SummaryMessage) -> None:  # noqa: ARG002
        self.is_over = True
        self._room.on_teacher_gone(self)


class TeacherPlayback(FollowedPlayback):
    """The teacher's: what they ask for is done to the class's clock."""

    _clock: ClassClock

    def handle(self, command: PlaybackCommand) -> None:
        if isinstance(command, Stop):
            self._clock.end("class ended")
        else:
            self._clock.handle(command)
