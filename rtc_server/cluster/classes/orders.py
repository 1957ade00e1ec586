"""What travels between fronts and hosts of classes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rtc_server.classes.directory import Arrival, ClassFacts
from rtc_server.classes.options import ClassOptions, KeepRight
from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.classes.spread.messages import GuestOrder
from rtc_server.cluster.lesson_copies.fetch import LessonSource


@dataclass(frozen=True, slots=True)
class ClassOrder:
    """A class that a host is to open: what `NewClass` says, without what a host has."""

    code: str
    options: ClassOptions
    address: str
    owner: str | None
    lesson: str | None = None  # None: a live class
    source_sha256: str = ""
    lesson_source: LessonSource | None = None  # where the lesson is; None: where each host has it
    about_lesson: Mapping[str, object] | None = None
    right: KeepRight = field(default_factory=KeepRight)  # as the front has it, which knows who asks


@dataclass(frozen=True, slots=True)
class SeatOrder:
    """A session in a class of the host."""

    session: str  # its id
    code: str
    arrival: Arrival  # of a learner, or of the teacher, who has no name
    offer_sdp: str | None = field(repr=False)  # None: over a WebSocket that the front holds
    guest: GuestOrder | None = None  # None: it is a class of the host that is asked
    kept: KeptAttempt | None = None  # what it goes on with that was danced on another host


@dataclass(frozen=True, slots=True)
class KeptClass:
    """What a front keeps of a class of a host, for when the host is gone."""

    facts: ClassFacts
    is_over: bool
    report: Mapping[str, Any] = field(repr=False)  # so far, or after the end
