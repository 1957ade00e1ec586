"""What is stored of an attempt, its form in lists and reports, and valid learner names. Pure.

Only figures: no image of a learner is ever part of a result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rtc_server.errors import BadLearner, BadMessage

MAX_NAME_LENGTH = 40
JOINERS = "\u200c\u200d"  # invisible, but part of how some scripts and emoji are written
# The fields of a summary that lists show; the rest (timeline, limbs, passages) is in its report.
LIST_FIELDS = (
    *("score", "shape", "timing", "energy", "grade", "coverage", "lag_ms"),
    *("samples", "mirror", "complete", "verdict"),
)
COMPARED_FIELDS = ("score", "shape", "timing", "energy")
CURSOR = re.compile(r"([0-9]{1,15})-([0-9a-f]{1,32})")


@dataclass(frozen=True, slots=True)
class Result:
    """One attempt at a lesson; `summary` is the `summary` message as it was sent."""

    attempt: str  # the same in all sessions that resumed it
    session: str  # the last of them
    learner: str | None  # None: the result is not stored
    lesson: str
    title: str
    started_at_s: float  # Unix time, like the next
    ended_at_s: float | None  # None while it runs
    reason: str | None  # how it ended
    summary: Mapping[str, Any]
    owner: str | None = None  # the invited learner's id; None: of a server that is open to all

    @property
    def is_worth_saving(self) -> bool:
        """Whether there is a name to store it under and at least one sample was scored."""
        return self.learner is not None and self.summary["samples"] > 0

    def to_list_item(self) -> dict[str, Any]:
        """The fields that lists show (a line, in docs/protocol.md)."""
        return self._attempt_fields() | {name: self.summary.get(name) for name in LIST_FIELDS}

    def to_export(self) -> dict[str, Any]:
        """Everything that is stored except the session's id, because that allows to resume it."""
        return self._attempt_fields() | {"summary": dict(self.summary)}

    def to_report(self, previous: Result | None) -> dict[str, Any]:
        """The summary message, the attempt's data, and the change since the `previous` result."""
        return {**self.summary, **self._attempt_fields(), "change": self._change_since(previous)}

    def _attempt_fields(self) -> dict[str, Any]:
        return {
            "id": self.attempt,
            "learner": self.learner,
            "lesson": {"id": self.lesson, "title": self.title},
            "started_at": self.started_at_s,
            "ended_at": self.ended_at_s,
            "reason": self.reason,
        }

    def _change_since(self, previous: Result | None) -> dict[str, Any] | None:
        if previous is None:
            return None
        change: dict[str, Any] = {}
        for name in COMPARED_FIELDS:
            now, then = self.summary.get(name), previous.summary.get(name)
            change[name] = None if now is None or then is None else round(now - then, 1)
        return change | {"since": previous.to_list_item()}


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list that has the newest first: behind the result that ended at that time."""

    ended_at_ms: int
    attempt: str

    @classmethod
    def after(cls, result: Result) -> Cursor:
        """The place behind a result that has ended."""
        return cls(to_ms(result.ended_at_s or 0.0), result.attempt)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Parse the text that `str` returns for a cursor.

        :raises BadMessage: the text is not a cursor.
        """
        if (match := CURSOR.fullmatch(text)) is None:
            raise BadMessage(f"cursor: expected the `next` of an earlier answer, got {text[:60]!r}")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.ended_at_ms}-{self.attempt}"


@dataclass(frozen=True, slots=True)
class ResultPage:
    """A part of a list, the newest first, and where the next part begins, if there is more."""

    results: list[Result]
    next: Cursor | None


def to_ms(at_s: float) -> int:
    """A time as whole milliseconds, which compare alike in every database."""
    return round(at_s * 1000)


def parse_learner_name(text: object) -> str:
    """A learner's name as it is stored: trimmed, and each letter in its composed form (NFC).

    Upper and lower case differ: Ann and ann are two learners.

    :raises BadLearner: not text, empty, longer than 40 characters, or with control characters or
        only characters that cannot be seen.
    """
    if not isinstance(text, str):
        raise BadLearner(f"learner: expected a name, got {text!r:.60}")
    name = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        raise BadLearner(
            f"learner: expected 1 to {MAX_NAME_LENGTH} characters, got {len(name)} without spaces"
        )
    if not set(name) - {"."} or not set(name) - set(JOINERS):
        raise BadLearner("learner: expected a name, got dots only or nothing that can be seen")
    if control := [c for c in name if _is_control(c)]:
        raise BadLearner(f"learner: expected no control characters, got U+{ord(control[0]):04X}")
    return name


def _is_control(character: str) -> bool:
    """Whether a character controls text: controls, half surrogates, line ends, direction marks.

    https://www.unicode.org/reports/tr44/#General_Category_Values
    """
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cs", "Zl", "Zp") or (kind == "Cf" and character not in JOINERS)
