"""What travels between the host of a class and the hosts of its other learners. Pure.

Both ways it is a state that is told again until it has come: a message that is lost loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rtc_server.classes.samples import ClassSample
from rtc_server.cluster.lesson_copies.fetch import LessonSource
from rtc_server.protocol.class_messages import ClassCue, ClassHand, ClassStatus
from rtc_server.protocol.server_messages import EndReason, StateMessage, SummaryMessage
from rtc_server.sync.lesson_clock import Loop, Run
from rtc_server.types import Pose

ClassNote = ClassCue | ClassHand  # each is told once


@dataclass(frozen=True, slots=True)
class GuestOrder:
    """A host is to have a learner of a class of another host."""

    home: str  # that host's name
    lesson: str
    source_sha256: str
    lesson_source: LessonSource | None  # where the lesson is; None: where each host has it
    live_title: str | None = None  # of a live class, whose lesson is its teacher


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """A learner's session that a guest host is about to open."""

    host: str
    session: str  # its id
    name: str
    owner: str | None  # of the learner's own invitation
    resume: str | None  # the id of a session that they go on with
    mirror: bool | None  # None: not known


@dataclass(frozen=True, slots=True)
class GuestPlace:
    """The learner's place in the class."""

    number: int
    is_let_in: bool


@dataclass(frozen=True, slots=True)
class SeatUpdate:
    """What is new of a session on a guest host; each update has all that run there."""

    session: str
    is_open: bool  # messages reach them
    hand: bool | None = None  # they raised or lowered theirs; None: as before, like the next two
    leaderboard: bool | None = None
    picture_wish: bool | None = None
    samples: tuple[ClassSample, ...] = ()
    picture: str | None = None  # a JPEG in base64
    is_over: bool = False
    summary: SummaryMessage | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class GuestUpdate:
    """What a guest host says to the home host."""

    host: str
    number: int  # one that is sent again has the same
    seats: tuple[SeatUpdate, ...]


@dataclass(frozen=True, slots=True)
class HomeTime:
    """The answer to an update: the home host's clock, and whose processor it is."""

    received_s: float
    machine: str  # processes of one machine have one clock


@dataclass(frozen=True, slots=True)
class ClockNews:
    """A state of the class's clock, whose times are the home host's."""

    message: StateMessage
    run: Run
    rate: float
    loop: Loop | None
    end_reason: EndReason | None = None


@dataclass(frozen=True, slots=True)
class SeatNews:
    """What the class says to one session."""

    status: ClassStatus | None = None
    notes: tuple[ClassNote, ...] = ()
    is_let_in: bool = False
    end: EndReason | None = None


@dataclass(frozen=True, slots=True)
class HomeNews:
    """What a home host says to a guest host."""

    number: int  # as the guest host confirms it
    clock: ClockNews | None  # None: as before
    seats: Mapping[str, SeatNews]  # by session
    poses: tuple[Pose, ...] = field(default=(), repr=False)  # of a live teacher, new ones
    pose_count: int = 0  # how many there are in all
