"""Sessions and samples of a class, for tests: what is said to them is noted."""

from __future__ import annotations

from typing import Any

import numpy as np

from rtc_server.classes.classroom import Classroom
from rtc_server.classes.live_teacher import LiveTeacher
from rtc_server.classes.members import Member
from rtc_server.classes.options import ClassOptions
from rtc_server.protocol.class_messages import ClassNews, RosterMessage
from rtc_server.protocol.server_messages import EndReason
from rtc_server.scoring.reference import prepare_reference
from rtc_server.types import PoseTrack

NOBODY: list[list[Any]] = [[None, None, 0]] * 18


class FakeSeat:
    """Somebody's session."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.rosters: list[RosterMessage] = []
        self.is_let_in = self.is_over = False
        self.ended: EndReason | None = None

    def tell(self, message: ClassNews) -> None:
        self.told.append(message)

    def let_in(self) -> None:
        self.is_let_in = True

    def end(self, reason: EndReason) -> None:
        self.ended = reason

    def show(self, roster: RosterMessage) -> None:
        self.rosters.append(roster)

    def last(self, kind: str) -> Any:
        return [message for message in self.told if message["type"] == kind][-1]


class Clock:
    """The server's clock, as a test sets it."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class FakeLesson:
    """What a class reads of a lesson."""

    id, title, duration_s, source_sha256 = "short", "Short", 20.0, "5"


def make_room(clock: Clock, live: LiveTeacher | None = None, **options: Any) -> Classroom:
    """A class that is not run."""
    lesson: Any = FakeLesson()
    kind: Any = "live" if live else "lesson"
    return Classroom(
        *("KRT4MW", ClassOptions("Tuesday", kind, **options), lesson, prepare_reference(_track())),
        clock,
        countdown_s=0,
        pose_fps=5.0,
        live=live,
    )


def _track() -> PoseTrack:
    t_s = np.arange(100) / 5
    xy = np.full((100, 18, 2), 0.5, np.float32)
    xy[:, :, 1] = np.linspace(0.1, 0.9, 18)
    return PoseTrack(t_s, xy, np.ones((100, 18), np.float32), 4 / 3)


def join(room: Classroom, name: str, **who: Any) -> tuple[Member, FakeSeat]:
    """Somebody joins and is connected."""
    member, _ = room.members.take_place(name, who.get("owner"), who.get("resume"))
    seat = FakeSeat()
    member.seat = seat
    room.on_learner(member)
    return member, seat


def sample(score: float | None, lesson_s: float = 1.0, **rest: Any) -> Any:
    """A `score` message as a class reads it."""
    return {
        **{"type": "score", "lesson_s": lesson_s, "score": score, "lag_ms": 120},
        **{"limbs": {"left_forearm": 0.4, "right_forearm": 0.8}, "coverage": 0.9},
        **{"pose": NOBODY, "target": NOBODY, **rest},
    }


def summary(samples: int, score: float = 50.0) -> Any:
    """A `summary` message as a class reads it."""
    return {
        **{"type": "summary", "score": score, "grade": "B", "shape": 60.0, "timing": None},
        **{"energy": 70.0, "coverage": 0.9, "lag_ms": None, "samples": samples},
        **{"limbs": {"left_forearm": 0.4}, "mirror": "on", "complete": True},
    }
