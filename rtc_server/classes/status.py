"""The message `class`: how a class is, as each person in it is told. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol

from rtc_server.classes.live_teacher import LiveTeacher
from rtc_server.classes.members import Member, Members
from rtc_server.classes.options import ClassOptions
from rtc_server.protocol.class_messages import ClassState, ClassStatus, LeaderboardEntry

MAX_LEADERS = 20


class DescribedClass(Protocol):
    """What is told of a class."""

    @property
    def code(self) -> str: ...
    @property
    def options(self) -> ClassOptions: ...
    @property
    def keep(self) -> bool: ...
    @property
    def state(self) -> ClassState: ...
    @property
    def ends_in_s(self) -> float | None: ...
    @property
    def live(self) -> LiveTeacher | None: ...
    @property
    def members(self) -> Members: ...


def build_status(described: DescribedClass, member: Member | None) -> ClassStatus:
    """:param member: who is told; None: the teacher."""
    options, present = described.options, described.members.present()
    ends_in_s = described.ends_in_s
    waiting = [] if member else described.members.waiting()
    return {
        "type": "class",
        "code": described.code,
        "title": options.title,
        "kind": options.kind,
        "role": "learner" if member else "teacher",
        "learner": member.number if member else None,
        "admitted": member.is_let_in if member else True,
        "state": described.state,
        "ends_in_s": None if ends_in_s is None else math.ceil(ends_in_s),
        "present": len(present),
        "learners": [one.name for one in present],
        "max_learners": options.max_learners,
        "leaderboard": rank(described.members) if options.leaderboard else None,
        "on_leaderboard": bool(member and member.on_leaderboard),
        "keep": described.keep,
        "waiting": [{"learner": one.number, "name": one.name} for one in waiting],
        "problem": described.live.problem if described.live and not member else None,
        "recording": described.live.recording.describe() if described.live and not member else None,
    }


def rank(members: Iterable[Member]) -> list[LeaderboardEntry]:
    """Those who want to be on the leaderboard, the best first."""
    entries: list[LeaderboardEntry] = [
        {"name": one.name, "score": round(score)}
        for one in members
        if one.on_leaderboard and one.is_let_in and (score := one.mean_score()) is not None
    ]
    return sorted(entries, key=lambda entry: -entry["score"])[:MAX_LEADERS]
