"""What a session on this host goes on with that was danced on another one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.snapshots import restore_attempt
from rtc_server.errors import UnknownSession
from rtc_server.lessons.lesson import Lesson
from rtc_server.scoring.reference import Reference
from rtc_server.session.resume import ResumeStore


@contextlib.contextmanager
def restored(
    store: ResumeStore, kept: KeptAttempt | None, lesson: Lesson, reference: Reference
) -> Iterator[str | None]:
    """Restore what a session goes on with, and give its id; if it fails, the front keeps it."""
    if kept is None:
        yield None
        return
    store.add(kept.session, restore_attempt(kept, lesson, reference))
    try:
        yield kept.session
    except BaseException:
        with contextlib.suppress(UnknownSession):
            store.pop(kept.session, kept.owner)
        raise
