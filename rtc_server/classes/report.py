"""The report of a class for its teacher: a table, passages, CSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from rtc_server.classes.live_teacher import LiveTeacher
from rtc_server.classes.members import Member, Members
from rtc_server.classes.options import ClassOptions
from rtc_server.classes.progress import ClassProgress
from rtc_server.classes.roster import find_weakest
from rtc_server.history.export import FORMULA_PREFIXES
from rtc_server.lessons.lesson import Lesson

SUMMED = (
    *("score", "grade", "shape", "timing", "energy", "coverage", "lag_ms", "samples", "mirror"),
    "complete",
)
COLUMNS = (
    *("learner", "name", "score", "grade", "shape", "timing", "energy", "coverage", "lag_ms"),
    *("weakest", "samples", "mirror", "complete", "hands", "cues", "joined_at", "left_at"),
)


class ReportedClass(Protocol):
    """What is reported of a class."""

    @property
    def code(self) -> str: ...
    @property
    def options(self) -> ClassOptions: ...
    @property
    def lesson(self) -> Lesson: ...
    @property
    def opened_at(self) -> float: ...
    @property
    def began_at(self) -> float | None: ...
    @property
    def ended_at(self) -> float | None: ...
    @property
    def is_complete(self) -> bool: ...
    @property
    def members(self) -> Members: ...
    @property
    def progress(self) -> ClassProgress: ...
    @property
    def live(self) -> LiveTeacher | None: ...


def build_report(room: ReportedClass) -> dict[str, Any]:
    """Everything that the teacher gets."""
    options, progress = room.options, room.progress
    is_live = options.kind == "live"
    return {
        "code": room.code,
        "title": options.title,
        "kind": options.kind,
        "lesson": None if is_live else {"id": room.lesson.id, "title": room.lesson.title},
        "opened_at": room.opened_at,
        "began_at": room.began_at,
        "ended_at": room.ended_at,
        "complete": room.is_complete,
        "learners": build_rows(room.members),
        "passages": progress.passages(),
        "hardest": progress.hardest(),
        "timeline": progress.timeline(),
        "kept": None if room.live is None else room.live.recording.describe_kept(),
    }


def build_row(member: Member) -> dict[str, Any]:
    """One learner; while they dance, what is known so far."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    if member.summary is not None and member.summary["samples"]:
        summary: Mapping[str, Any] = member.summary
        row |= {name: summary[name] for name in SUMMED}
        row["weakest"] = find_weakest(member.summary["limbs"])
    elif (score := member.mean_score()) is not None:
        row["score"] = round(score, 1)
    return row | {
        "learner": member.number,
        "name": member.name,
        "hands": member.hands,
        "cues": member.cues,
        "joined_at": round(member.joined_at, 3),
        "left_at": None if member.left_at is None else round(member.left_at, 3),
    }


def build_rows(members: Iterable[Member]) -> list[dict[str, Any]]:
    """Everybody who danced or is there, the best first."""
    rows = [build_row(one) for one in members if one.is_let_in]
    return sorted(rows, key=lambda row: -1.0 if row["score"] is None else row["score"])[::-1]


def write_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """One row a learner; nothing in it is a formula to a spreadsheet."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    return file.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA_PREFIXES):
        return f"'{value}"
    return "" if value is None else value
