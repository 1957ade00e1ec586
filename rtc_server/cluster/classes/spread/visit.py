"""A learner's session on a guest host, and what the home host has not heard of it yet. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from rtc_server.classes.members import Member
from rtc_server.classes.samples import ClassSample
from rtc_server.cluster.classes.spread.messages import SeatUpdate
from rtc_server.protocol.class_messages import ClassStatus
from rtc_server.protocol.server_messages import SummaryMessage

MAX_SAMPLES = 16  # that wait: of three seconds


@dataclass(eq=False, slots=True)
class Visit:
    """One session."""

    session: str
    member: Member  # as its seat knows the learner
    is_open: bool = False  # messages reach them
    is_over: bool = False
    summary: SummaryMessage | None = None
    status: ClassStatus | None = None  # that they were told last
    hand: bool | None = None
    leaderboard: bool | None = None
    picture_wish: bool | None = None
    samples_lost: int = 0
    _samples: deque[ClassSample] = field(default_factory=lambda: deque(maxlen=MAX_SAMPLES))

    def add_sample(self, sample: ClassSample) -> None:
        """The oldest go where too many wait."""
        self.samples_lost += len(self._samples) == MAX_SAMPLES
        self._samples.append(sample)

    def take_update(self) -> SeatUpdate:
        """All that is new."""
        update = SeatUpdate(
            *(self.session, self.is_open, self.hand, self.leaderboard, self.picture_wish),
            samples=tuple(self._samples),
            picture=self.member.snapshots.take(),
            is_over=self.is_over,
            summary=self.summary,
        )
        self.hand = self.leaderboard = self.picture_wish = None
        self._samples.clear()
        return update
