"""Reads what a worker process says. Pure.

A worker has decoded a stranger's video, and may do by now what that stranger wants. So nothing in
its messages is believed: their size, their fields, and the characters of their texts are checked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeAlias

from rtc_server.errors import PreparationFailed, TandemError
from rtc_server.uploads.job import STEP_SHARES

MAX_LINE = 4096  # bytes
MAX_SENTENCE = 500  # characters
MAX_COUNT = 1 << 40  # frames, samples or packets
MAX_LENGTH_S = 1e6
MAX_SECTIONS = 1000  # of four hours of video there are 480
MAX_MECHANISMS, MAX_MECHANISM = 8, 40


@dataclass(frozen=True, slots=True)
class StepProgress:
    """How far one step of the work is."""

    step: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SandboxEntered:
    """The worker's first message: what keeps it from everything else."""

    mechanisms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LessonLength:
    """How long the lesson will be, in s; told before anything is decoded."""

    length_s: float


@dataclass(frozen=True, slots=True)
class SectionsPlanned:
    """How many sections the video has, if the worker waits for others to search them."""

    count: int


@dataclass(frozen=True, slots=True)
class LessonMade:
    """The last message of a worker that has made its lesson."""


@dataclass(frozen=True, slots=True)
class LessonRefused:
    """The last message of a worker that cannot make a lesson of the video."""

    code: str
    sentence: str


WorkerMessage: TypeAlias = (
    StepProgress | SandboxEntered | LessonLength | SectionsPlanned | LessonMade | LessonRefused
)


def parse_message(line: bytes) -> WorkerMessage:
    """Read one line.

    :raises PreparationFailed: it is none of these messages.
    """
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        message = None
    match message:
        case {"step": str(step), "done": int(done), "of": int(total)} if (
            step in STEP_SHARES and _is_count(done) and _is_count(total)
        ):
            return StepProgress(step, done, total)
        case {"sandbox": [*mechanisms]} if len(mechanisms) <= MAX_MECHANISMS:
            return SandboxEntered(tuple(printable(str(m), MAX_MECHANISM) for m in mechanisms))
        case {"length_s": int(length) | float(length)} if 0 < length <= MAX_LENGTH_S:
            return LessonLength(float(length))
        case {"sections": int(count)} if _is_count(count) and 1 < count <= MAX_SECTIONS:
            return SectionsPlanned(count)
        case {"ready": True}:
            return LessonMade()
        case {"error": str(sentence), "code": str(code)}:
            known = code if code in _error_codes() else PreparationFailed.code
            return LessonRefused(known, printable(sentence, MAX_SENTENCE))
    raise PreparationFailed("expected a message of the process that makes the lesson, got another")


def printable(text: str, most: int) -> str:
    """The text on one line, with at most that many characters, all of which can be shown."""
    shown = "".join(c if c.isprintable() else " " for c in text[: 2 * most])
    return " ".join(shown.split())[:most]


def _is_count(number: int) -> bool:
    return not isinstance(number, bool) and 0 <= number <= MAX_COUNT


def _error_codes(kind: type[TandemError] = TandemError) -> set[str]:
    """The names on the wire of this error and of those derived from it."""
    return {kind.code}.union(*map(_error_codes, kind.__subclasses__()))
