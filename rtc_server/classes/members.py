"""The learners of a class: who is there, who waits, and who may come back. Pure; time is passed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from rtc_server.classes.errors import ClassFull, NameTaken
from rtc_server.classes.hand_raise import HandRaise
from rtc_server.classes.samples import ClassSample, ScoredSample
from rtc_server.classes.snapshots import Snapshots
from rtc_server.errors import BadMessage
from rtc_server.protocol.class_messages import (
    Attendance,
    ClassNews,
    ConnectionQuality,
    RosterMessage,
    TileJoint,
)
from rtc_server.protocol.server_messages import EndReason, SummaryMessage

SILENT_S = 3.0
AWAY_S = 120.0  # for so long the teacher sees who has gone
ROWS_PER_PLACE = 4  # so many people, one after another, may have a place


class Attendee(Protocol):
    """Somebody's session, as the class speaks to it."""

    is_over: bool  # it has ended

    def tell(self, message: ClassNews) -> None:
        """Send reliably, as far as they are connected."""

    def let_in(self) -> None:
        """They are where the class is from now on."""

    def end(self, reason: EndReason) -> None:
        """End their session soon."""


class TeacherSession(Attendee, Protocol):
    """The teacher's session, as the class speaks to it."""

    def show(self, roster: RosterMessage) -> None:
        """Send now or never."""


@dataclass(eq=False, slots=True)
class Member:
    """One learner, through all their sessions in a class."""

    number: int
    name: str
    owner: str | None  # the invited learner's id
    mirror: bool | None = None  # null: not known
    is_let_in: bool = False
    seat: Attendee | None = None  # of the session that they have, or are about to have
    is_open: bool = False  # messages reach them
    # Ids of the last that they had: whoever comes back resumes one of these.
    sessions: deque[str] = field(default_factory=lambda: deque(maxlen=16))
    scored: ScoredSample | None = None  # the last sample that had a score
    pose: list[TileJoint] | None = None
    raise_: HandRaise = field(default_factory=HandRaise)
    hand_since_s: float | None = None  # it is up
    hands: int = 0
    cues: int = 0
    on_leaderboard: bool = False
    shows_picture: bool = False
    snapshots: Snapshots = field(default_factory=Snapshots)
    joined_at: float = field(default_factory=time.time)  # Unix time, like the next
    left_at: float | None = None
    gone_s: float | None = None  # since when they are away
    summary: SummaryMessage | None = None
    total: tuple[float, int] = (0.0, 0)  # of all live scores
    sample_times_s: deque[float] = field(default_factory=lambda: deque(maxlen=32))

    def attendance(self) -> Attendance:
        if self.seat is None:
            return "away"
        return "on" if self.is_let_in else "waiting"

    def connection(self, now_s: float, pose_fps: float) -> ConnectionQuality:
        """How well their camera's samples come."""
        recent = sum(now_s - at_s < SILENT_S for at_s in self.sample_times_s)
        if not recent:
            return "silent"
        return "good" if recent >= SILENT_S * pose_fps / 2 else "slow"

    def mean_score(self) -> float | None:
        """Of all that they danced so far."""
        return self.total[0] / self.total[1] if self.total[1] else None

    def take_wishes(self, leaderboard: bool | None, picture: bool | None) -> None:
        """To be on the leaderboard, and to be seen; None: as before."""
        if leaderboard is not None:
            self.on_leaderboard = leaderboard
        if picture is not None:
            self.shows_picture = picture

    def take_sample(self, sample: ClassSample, now_s: float) -> None:
        """A sample of theirs came."""
        self.sample_times_s.append(now_s)
        self.pose = sample["tile"]
        if sample["counts"] and (score := sample["score"]) is not None:
            self.scored = sample
            self.total = self.total[0] + score, self.total[1] + 1

    def take_summary(self, summary: SummaryMessage) -> None:
        """Of two sessions of theirs the better counts; one that was resumed is in the next."""
        before = self.summary
        if (
            before is None
            or summary["samples"] >= before["samples"]
            or summary["score"] > before["score"]
        ):
            self.summary = summary


class Members:
    """By their numbers, in the order in which they came."""

    def __init__(self, max_learners: int, now: Callable[[], float]) -> None:
        self._max_learners, self._now = max_learners, now
        self._members: dict[int, Member] = {}
        self._next = 0

    def __iter__(self) -> Iterator[Member]:
        return iter(list(self._members.values()))

    def seated(self) -> list[Member]:
        """Who has a place: they are there, or are just connecting."""
        return [member for member in self if member.seat is not None]

    def present(self) -> list[Member]:
        """Who is there and let in."""
        return [member for member in self.seated() if member.is_open and member.is_let_in]

    def waiting(self) -> list[Member]:
        """Who waits to be let in."""
        return [member for member in self.seated() if member.is_open and not member.is_let_in]

    def shown(self) -> list[Member]:
        """Who the teacher sees: those who are there, and who went a moment ago."""
        now_s = self._now()
        return [
            member
            for member in self
            if (member.seat is not None and member.is_open)
            or (member.gone_s is not None and now_s - member.gone_s < AWAY_S)
        ]

    def find(self, number: int) -> Member:
        """
        :raises BadMessage: nobody of the class has that number, or they are gone.
        """
        member = self._members.get(number)
        if member is None or member.seat is None:
            raise BadMessage(f"learner: expected the number of one who is there, got {number}")
        return member

    def take_place(
        self, name: str, owner: str | None, resume: str | None
    ) -> tuple[Member, Attendee | None]:
        """A place for who joins; the session that it takes the place of, if they had one.

        :param owner: of their own invitation.
        :param resume: the id of a session that they go on with.
        :raises NameTaken: somebody else of that name is there.
        :raises ClassFull: there is no place left.
        """
        member = next((one for one in self if one.name == name), None)
        is_same = member is not None and (
            (owner is not None and owner == member.owner)
            or (resume is not None and resume in member.sessions)
        )
        if member is not None and member.seat is not None:
            if not is_same:
                raise NameTaken(f"somebody of the name {name!r} is in this class; choose another")
            return member, member.seat
        if len(self.seated()) >= self._max_learners:
            raise ClassFull(f"all {self._max_learners} places of this class are taken")
        if member is None:
            member = self._add(name, owner)
        elif not is_same:
            member.is_let_in = False  # whoever it is now
        return member, None

    def _add(self, name: str, owner: str | None) -> Member:
        """
        :raises ClassFull: so many people have danced in it that no row is left.
        """
        if len(self._members) >= ROWS_PER_PLACE * self._max_learners:
            idle = (one for one in self if one.seat is None and one.summary is None)
            if (oldest := next(idle, None)) is None:
                raise ClassFull("as many people as may be have been in this class")
            del self._members[oldest.number]
        member = self._members[self._next] = Member(self._next, name, owner)
        self._next += 1
        return member

    def leave(self, member: Member, seat: Attendee, *, has_danced: bool) -> bool:
        """A session of theirs has ended; False: another one has taken its place already."""
        if member.seat is not seat:
            return False
        member.seat, member.hand_since_s = None, None
        if member.is_open or has_danced:
            member.gone_s, member.left_at = self._now(), time.time()
        elif member.summary is None and not member.total[1]:
            self._members.pop(member.number, None)  # who never came
        member.is_open = False
        return True
