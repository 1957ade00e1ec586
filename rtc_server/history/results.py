"""What is kept of an attempt, how it is told, and what may name a learner. Pure.

Only figures: no picture of a learner is ever part of a result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rtc_server.errors import BadLearner, BadMessage

LONGEST_NAME = 40
JOINERS = "\u200c\u200d"  # invisible, but part of how some scripts and emoji are written
# What a list says of a result; the rest (timeline, limbs, passages) is in its report.
FIGURES = (
    *("score", "shape", "timing", "energy", "grade", "coverage", "lag_ms"),
    *("samples", "mirror", "complete", "verdict"),
)
COMPARED = ("score", "shape", "timing", "energy")
CURSOR = re.compile(r"([0-9]{1,15})-([0-9a-f]{1,32})")


@dataclass(frozen=True, slots=True)
class Result:
    """One attempt at a lesson; `summary` is the `summary` message as it was sent."""

    attempt: str  # the same over sessions that took it up again
    session: str  # the last of them
    learner: str | None  # None: not to be kept
    lesson: str
    title: str
    started_at_s: float  # Unix time, like the next
    ended_at_s: float | None  # None while it runs
    reason: str | None  # how it ended
    summary: Mapping[str, Any]

    @property
    def worth_keeping(self) -> bool:
        """Whether there is a name to keep it under and anything was judged."""
        return self.learner is not None and self.summary["samples"] > 0

    def line(self) -> dict[str, Any]:
        """What a list says of it."""
        return self._about() | {name: self.summary.get(name) for name in FIGURES}

    def whole(self) -> dict[str, Any]:
        """Everything that is kept of it, but the session's id: who knows that may go on with it."""
        return self._about() | {"summary": dict(self.summary)}

    def report(self, before: Result | None) -> dict[str, Any]:
        """The summary message, and what it was of; `before` is the result to compare with."""
        return {**self.summary, **self._about(), "change": self._change(before)}

    def _about(self) -> dict[str, Any]:
        return {
            "id": self.attempt,
            "learner": self.learner,
            "lesson": {"id": self.lesson, "title": self.title},
            "started_at": self.started_at_s,
            "ended_at": self.ended_at_s,
            "reason": self.reason,
        }

    def _change(self, before: Result | None) -> dict[str, Any] | None:
        if before is None:
            return None
        pairs = {name: (self.summary.get(name), before.summary.get(name)) for name in COMPARED}
        change: dict[str, Any] = {
            name: None if now is None or then is None else round(now - then, 1)
            for name, (now, then) in pairs.items()
        }
        return change | {"since": before.line()}


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list that has the newest first: after the result that ended then."""

    ended_at_ms: int
    attempt: str

    @classmethod
    def after(cls, result: Result) -> Cursor:
        """The place after a result that has ended."""
        return cls(to_ms(result.ended_at_s or 0.0), result.attempt)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read what `str` wrote.

        :raises BadMessage: it did not.
        """
        if (match := CURSOR.fullmatch(text)) is None:
            raise BadMessage(f"cursor: expected the `next` of an earlier answer, got {text[:60]!r}")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.ended_at_ms}-{self.attempt}"


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, the newest first, and where the next part begins, if there is more."""

    results: list[Result]
    next: Cursor | None


def to_ms(at_s: float) -> int:
    """A time as whole milliseconds, which compare alike everywhere."""
    return round(at_s * 1000)


def learner_name(text: object) -> str:
    """A learner's name as it is kept: trimmed, and each letter in its composed form (NFC).

    Letters count as they are: Ann and ann are two learners.

    :raises BadLearner: not text, empty, longer than 40 characters, or with characters in it that
        control or cannot be seen.
    """
    if not isinstance(text, str):
        raise BadLearner(f"learner: expected a name, got {text!r:.60}")
    name = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise BadLearner(
            f"learner: expected 1 to {LONGEST_NAME} characters, got {len(name)} without spaces"
        )
    if not set(name) - {"."} or not set(name) - set(JOINERS):
        raise BadLearner("learner: expected a name, got dots only or nothing that can be seen")
    if strange := [c for c in name if _controls(c)]:
        raise BadLearner(f"learner: expected no control characters, got U+{ord(strange[0]):04X}")
    return name


def _controls(character: str) -> bool:
    """Whether it steers instead of showing: controls, half surrogates, line ends, direction marks.

    https://www.unicode.org/reports/tr44/#General_Category_Values
    """
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cs", "Zl", "Zp") or (kind == "Cf" and character not in JOINERS)
