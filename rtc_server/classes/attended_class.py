"""A class as a learner's seat knows it: it lives in this process, or on another session host."""

from __future__ import annotations

from typing import Protocol

from rtc_server.classes.class_clock import LeadingClock
from rtc_server.classes.live_teacher import ShownTeacher
from rtc_server.classes.members import Attendee, Member
from rtc_server.protocol.score_message import ScoreMessage
from rtc_server.protocol.server_messages import SummaryMessage


class AttendedClass(Protocol):
    """`classroom.Classroom`, or what stands for it where a learner's session is."""

    @property
    def clock(self) -> LeadingClock:
        """Which each session follows."""

    @property
    def live(self) -> ShownTeacher | None:
        """Who is shown in place of a lesson; None: it has one."""

    def on_learner(self, member: Member) -> None:
        """A learner is connected: they come in, or wait to be let in."""

    def on_learner_end(
        self, member: Member, seat: Attendee, summary: SummaryMessage | None
    ) -> None:
        """A session of theirs has ended."""

    def on_sample(self, member: Member, message: ScoreMessage, aspect: float) -> None:
        """A sample of theirs came.

        :param aspect: width / height of their camera's picture.
        """

    def set_hand(self, member: Member, *, is_up: bool) -> None:
        """Their hand goes up or down."""

    def set_wishes(self, member: Member, leaderboard: bool | None, picture: bool | None) -> None:
        """Whether they want to be on the leaderboard, and to be seen; None: as before."""

    def tell_one(self, attendee: Attendee, member: Member | None, *, again: bool = False) -> None:
        """Tell them how the class is.

        :param again: even if it is what they know.
        """
