"""What a teacher wants a class to be. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from rtc_server.errors import TandemError
from rtc_server.protocol.class_messages import ClassKind

Entry = Literal["open", "ask"]  # at once, or when the teacher lets them in
ENTRIES: tuple[Entry, ...] = get_args(Entry)
MAX_LEARNERS, DEFAULT_LEARNERS = 60, 20


@dataclass(frozen=True, slots=True)
class ClassOptions:
    """What is asked for when a class is opened."""

    title: str
    kind: ClassKind
    max_learners: int = DEFAULT_LEARNERS
    admission: Entry = "open"
    leaderboard: bool = False
    keep: bool = False  # a live class becomes a lesson


@dataclass(frozen=True, slots=True)
class KeepRight:
    """Whether whoever opens a class may keep it as a lesson, as they may upload a video."""

    refusal: TandemError | None = None  # why not
    client: str = ""  # what their uploads are counted by
    address: str = ""  # for the audit log
