"""What an attempt needs to go on, as bytes: everything but the lesson, which every host has.

Only hosts read what hosts wrote, over connections that Ray authenticates: `pickle` runs what it
reads. So `KeptAttempt.content` never comes from, and never goes to, anybody else.
"""

from __future__ import annotations

import io
import pickle
from dataclasses import replace
from typing import Any

from rtc_server import __version__
from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.errors import UnknownSession
from rtc_server.lessons.lesson import Lesson
from rtc_server.scoring.growing.live_attempt import LiveAttempt
from rtc_server.scoring.reference import Reference
from rtc_server.session.resume import ResumableSession

LESSON, REFERENCE = "lesson", "reference"


class _Pickler(pickle.Pickler):
    """Leaves out the lesson and its reference, which are most of it."""

    def persistent_id(self, obj: object) -> tuple[str, int] | None:
        if isinstance(obj, Reference):
            return REFERENCE, obj.instructor
        return (LESSON, 0) if isinstance(obj, Lesson) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, content: bytes, lesson: Lesson, reference: Reference) -> None:
        super().__init__(io.BytesIO(content))
        self._lesson, self._reference = lesson, reference

    def persistent_load(self, pid: Any) -> object:
        kind, instructor = pid
        return self._lesson if kind == LESSON else self._reference.following(instructor)


def can_move(resumable: ResumableSession) -> bool:
    """Whether another host may go on with it: a live class's reference is on its host alone."""
    return not any(isinstance(one, LiveAttempt) for one in resumable.attempt.attempts)


def keep_attempt(session: str, resumable: ResumableSession) -> KeptAttempt:
    """Write down a session that may be gone on with elsewhere: 150 kB, in 2 ms."""
    content = io.BytesIO()
    _Pickler(content, pickle.HIGHEST_PROTOCOL).dump(resumable)
    return KeptAttempt(
        session=session,
        lesson=resumable.lesson.id,
        source_sha256=resumable.lesson.source_sha256,
        owner=resumable.owner,
        names=(resumable.learner, *resumable.other_names),
        dancers=resumable.dancers,
        samples=resumable.attempt.samples,
        version=__version__,
        content=content.getvalue(),
    )


def restore_attempt(kept: KeptAttempt, lesson: Lesson, reference: Reference) -> ResumableSession:
    """Read what `keep_attempt` wrote, on any host that has the lesson.

    :raises UnknownSession: another version of the program wrote it.
    """
    if kept.version != __version__:
        raise UnknownSession(
            f"resume: expected a session of version {__version__}, got one of {kept.version}"
        )
    restored: ResumableSession = _Unpickler(kept.content, lesson, reference).load()
    first, *others = kept.names  # they may have been deleted meanwhile
    return replace(restored, learner=first, other_names=tuple(others))
