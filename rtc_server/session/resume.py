"""What is kept of sessions that broke off, so that their learners can go on. Pure.

Kept for a while and bounded, in number and in samples: a judged sample is some kilobytes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from rtc_server.errors import OtherLesson, UnknownSession
from rtc_server.lessons.lesson import Lesson
from rtc_server.protocol.server_messages import ResumedFields
from rtc_server.scoring.attempt import Attempt, Mirror
from rtc_server.sync.lesson_clock import Loop

KEPT_S = 600.0
MOST_KEPT = 48
MOST_SAMPLES = 10_000  # over all of them; half an hour at 5 FPS


@dataclass(frozen=True, slots=True)
class ResumableSession:
    """A session without its connection: who takes it goes on with the score so far."""

    lesson: Lesson
    attempt: Attempt
    mirror: Mirror  # as it was asked for
    learner: str | None  # whose it is, where it is to be kept
    lesson_s: float  # where the learner was last seen following
    rate: float
    loop: Loop | None

    def message(self) -> ResumedFields:
        """What `welcome` says in `resumed`."""
        return {"lesson_s": round(self.lesson_s, 3), "samples": self.attempt.samples}


def require_same(was: Lesson, wanted: Lesson) -> None:
    """See that a learner who comes back wants the lesson that they left.

    :raises OtherLesson: another one, or one that has been made anew since.
    """
    if wanted.id != was.id:
        raise OtherLesson(
            f"resume: expected lesson {was.id!r}, of which that session was, got {wanted.id!r}"
        )
    if wanted.source_sha256 != was.source_sha256:
        raise OtherLesson(
            f"resume: lesson {was.id!r} has been replaced since that session began; start anew"
        )


def place_s(begin_s: float, now_s: float, followed_s: float | None) -> float:
    """Where to go on in a run that began at `begin_s` and stands at `now_s`, all in the lesson.

    The last place at which the learner was scored, if that is of this run; a server's clock runs on
    for some seconds after the learner is gone.
    """
    if followed_s is not None and begin_s <= followed_s <= now_s:
        return followed_s
    return begin_s


class ResumeStore:
    """Sessions that broke off, by id; one that has been taken leads to the one that took it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: OrderedDict[str, tuple[float, ResumableSession | str]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def samples(self) -> int:
        """Of all sessions that can be taken."""
        return sum(
            what.attempt.samples
            for _, what in self._kept.values()
            if isinstance(what, ResumableSession)
        )

    def keep(self, id: str, what: ResumableSession) -> None:
        """Remember a session; the oldest go where there are too many."""
        self._put(id, what)

    def pass_on(self, id: str, successor: str) -> None:
        """Say which session goes on with it: a client may not have heard of that one."""
        self._put(id, successor)

    def latest(self, id: str) -> str:
        """The session that goes on with `id`, after any number of them; `id` where none does."""
        self._expire()
        while (kept := self._kept.get(id)) is not None and isinstance(kept[1], str):
            id = kept[1]
        return id

    def find(self, id: str) -> ResumableSession:
        """What is kept of a session.

        :raises UnknownSession: it ended cleanly or too long ago, has been taken, or never was.
        """
        self._expire()
        what = self._kept[id][1] if id in self._kept else None
        if not isinstance(what, ResumableSession):
            raise UnknownSession(
                "resume: expected the id of a session that broke off within the last "
                f"{KEPT_S / 60:.0f} minutes, got {id!r}"
            )
        return what

    def take(self, id: str) -> ResumableSession:
        """Like `find`, and nobody else can take it.

        :raises UnknownSession: as `find` does.
        """
        what = self.find(id)
        del self._kept[id]
        return what

    def forget(self, learner: str) -> None:
        """Keep nothing under that name any more; whoever goes on goes on without one."""
        for id, (until_s, what) in self._kept.items():
            if isinstance(what, ResumableSession) and what.learner == learner:
                self._kept[id] = until_s, replace(what, learner=None)

    def _put(self, id: str, what: ResumableSession | str) -> None:
        self._kept.pop(id, None)
        self._kept[id] = (self._now() + KEPT_S, what)
        self._expire()

    def _expire(self) -> None:
        while self._kept and (
            next(iter(self._kept.values()))[0] <= self._now()
            or len(self._kept) > MOST_KEPT
            or (self.samples > MOST_SAMPLES and len(self._kept) > 1)
        ):
            self._kept.popitem(last=False)
