"""What is kept of sessions that broke off, so that their learners can continue. Pure.

Sessions are kept for a while, and limited in number and in samples, because a scored sample takes
some kilobytes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from rtc_server.errors import OtherLesson, UnknownSession
from rtc_server.invitations.invitation import Invitation, owner_of
from rtc_server.lessons.lesson import Lesson
from rtc_server.protocol.server_messages import ResumedFields
from rtc_server.scoring.attempt import Mirror
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.session.dancers import SessionDancers
from rtc_server.session.session_request import SessionRequest
from rtc_server.sync.lesson_clock import Loop
from rtc_server.sync.player import Player
from tf_pose.tracking.dancer_memory import DancerMemory

Follower = TypeVar("Follower")  # what follows learners in the webcam's frames
RESUMABLE_S = 600.0
MAX_SESSIONS = 48
MAX_SAMPLES = 10_000  # of all of them; half an hour at 5 FPS


@dataclass(frozen=True, slots=True)
class ResumableSession:
    """A session without its connection: a session that resumes it continues with its score."""

    lesson: Lesson
    attempt: GroupAttempt
    mirror: Mirror  # as the learner requested it
    learner: str | None  # the name under which the result is kept, if there is one
    lesson_s: float  # the learner's last lesson position
    rate: float
    loop: Loop | None
    owner: str | None = None  # the invited learner's id: nobody else resumes it
    dancers: int | None = None  # how many share the picture, if several were asked for
    other_names: tuple[str | None, ...] = ()  # of the dancers after the first
    memory: tuple[DancerMemory | None, ...] = ()  # by which a tracker knows the dancers again

    @property
    def kept_samples(self) -> int:
        """The samples of all dancers together."""
        return self.attempt.samples * len(self.attempt.attempts)

    def take_over(self, request: SessionRequest) -> SessionRequest:
        """What is asked for to go on with it: names that are new count, the rest is as before."""
        known, asked = self.other_names, request.other_names
        others = [asked[k] if k < len(asked) and asked[k] else name for k, name in enumerate(known)]
        return replace(
            request,
            mirror=self.mirror,
            learner=request.learner or self.learner,
            dancers=self.dancers,
            other_names=tuple(others),
        )

    def without_name(self, learner: str) -> ResumableSession:
        """The same, which keeps nothing under that name."""
        first, *others = (None if n == learner else n for n in (self.learner, *self.other_names))
        return replace(self, learner=first, other_names=tuple(others))

    def fields(self) -> ResumedFields:
        """What `welcome` says in `resumed`."""
        return {"lesson_s": round(self.lesson_s, 3), "samples": self.attempt.samples}


class LessonKey(Protocol):
    """Which lesson, and which version of it."""

    @property
    def id(self) -> str: ...
    @property
    def source_sha256(self) -> str: ...


class ResumeRequest(Protocol):
    """What of a session's request counts when another session is to continue it."""

    @property
    def lesson(self) -> LessonKey: ...
    @property
    def invitation(self) -> Invitation | None: ...


def require_resumable(id: str, running: ResumeRequest, request: ResumeRequest) -> None:
    """Check who wants to continue a session that runs, and where, before that ends it.

    An operator finds everybody's session, and continues nobody else's.

    :raises UnknownSession: it is somebody else's.
    :raises OtherLesson: it is of another lesson.
    """
    if owner_of(running.invitation) != owner_of(request.invitation):
        raise unknown_session(id)
    require_same_lesson(running.lesson, request.lesson)


def unknown_session(id: str) -> UnknownSession:
    return UnknownSession(
        "resume: expected the id of a session that broke off within the last "
        f"{RESUMABLE_S / 60:.0f} minutes, got {id[:60]!r}"
    )


def require_same_lesson(resumed: LessonKey, requested: LessonKey) -> None:
    """Check that a learner who comes back asks for the lesson of the session that broke off.

    :raises OtherLesson: it is another one, or has been replaced since.
    """
    if requested.id != resumed.id:
        raise OtherLesson(
            f"resume: expected lesson {resumed.id!r}, as in that session, got {requested.id!r}"
        )
    if requested.source_sha256 != resumed.source_sha256:
        raise OtherLesson(
            f"resume: lesson {resumed.id!r} has been replaced since that session began; start anew"
        )


def choose_resume_position_s(run_start_s: float, now_s: float, scored_s: float | None) -> float:
    """Where to continue in a run that began at `run_start_s` and is at `now_s`, in the lesson.

    The position of the last scored sample, if it belongs to this run, because the server's clock
    runs on for some seconds after the learner is gone; else the beginning of the run.
    """
    if scored_s is not None and run_start_s <= scored_s <= now_s:
        return scored_s
    return run_start_s


class ResumeStore:
    """Sessions that broke off, by id; the id of one that was resumed leads to its successor."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        # (expiry, the session or its successor's id), the oldest first
        self._entries: OrderedDict[str, tuple[float, ResumableSession | str]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def samples(self) -> int:
        """The samples of all sessions that can be resumed."""
        return sum(
            entry.kept_samples
            for _, entry in self._entries.values()
            if isinstance(entry, ResumableSession)
        )

    def add(self, id: str, session: ResumableSession) -> None:
        """Keep a session; if there are too many, the oldest are dropped."""
        self._put(id, session)

    def set_successor(self, id: str, successor_id: str) -> None:
        """Record which session continues this one: a client may not have heard of that one."""
        self._put(id, successor_id)

    def list(self) -> Iterator[tuple[str, ResumableSession]]:
        """Every session that can be resumed, with its id."""
        self._expire()
        for id, (_, entry) in self._entries.items():
            if isinstance(entry, ResumableSession):
                yield id, entry

    def resolve(self, id: str) -> str:
        """The last of the sessions that continue `id`, one after another; `id` if none does."""
        self._expire()
        while (found := self._entries.get(id)) is not None and isinstance(found[1], str):
            id = found[1]
        return id

    def get(self, id: str, owner: str | None = None) -> ResumableSession:
        """A session that can be resumed.

        :param owner: who wants to resume it.
        :raises UnknownSession: it ended cleanly or too long ago, was resumed, is somebody else's,
            or never existed.
        """
        self._expire()
        entry = self._entries[id][1] if id in self._entries else None
        if not isinstance(entry, ResumableSession) or entry.owner != owner:
            raise unknown_session(id)
        return entry

    def pop(self, id: str, owner: str | None = None) -> ResumableSession:
        """Get a session and remove it, so that nobody else can resume it.

        :raises UnknownSession: as `get` does.
        """
        session = self.get(id, owner)
        del self._entries[id]
        return session

    def remove_name(self, learner: str, owner: str | None = None) -> None:
        """Remove a learner's name from all sessions; they can still be resumed without it.

        :param owner: only from this invited learner's.
        """
        for id, (expiry_s, entry) in self._entries.items():
            if isinstance(entry, ResumableSession) and owner in (None, entry.owner):
                self._entries[id] = expiry_s, entry.without_name(learner)

    def _put(self, id: str, entry: ResumableSession | str) -> None:
        self._entries.pop(id, None)
        self._entries[id] = (self._now() + RESUMABLE_S, entry)
        self._expire()

    def _expire(self) -> None:
        while self._entries and next(iter(self._entries.values()))[0] <= self._now():
            self._entries.popitem(last=False)
        while len(self._entries) > MAX_SESSIONS:
            del self._entries[self._least_valuable()]
        while self.samples > MAX_SAMPLES and len(self._entries) > 1:
            self._entries.popitem(last=False)

    def _least_valuable(self) -> str:
        """The oldest entry; where most have nothing to lose, the oldest of those.

        Offers that are never completed leave sessions without samples, at no cost to their sender.
        """
        worthless = [
            id
            for id, (_, entry) in self._entries.items()
            if isinstance(entry, str) or not entry.attempt.samples
        ]
        return worthless[0] if len(worthless) > MAX_SESSIONS // 2 else next(iter(self._entries))


def begin_dancing(request: SessionRequest, resumed: ResumableSession | None) -> SessionDancers:
    """Who dances, in a new attempt or in that of the session that broke off."""
    count = request.dancers or 1
    attempt = resumed.attempt if resumed else GroupAttempt(request.reference, request.mirror, count)
    names = [request.learner, *request.other_names, *[None] * count][:count]
    return SessionDancers(attempt, names, request.dancers is not None)


def open_tracker(
    make_tracker: Callable[..., Follower],
    request: SessionRequest,
    resumed: ResumableSession | None,
) -> Follower:
    """A tracker for one learner, or for several dancers and who they were before."""
    if request.dancers is None:
        return make_tracker()
    return make_tracker(request.dancers, resumed.memory if resumed else ())


def build_player(
    lesson: Lesson, resumed: ResumableSession | None, now: Callable[[], float]
) -> Player:
    """A player at the beginning of the lesson, or as it was in the session that broke off."""
    player = Player(lesson.duration_s, now)
    if resumed is not None:
        player.set_rate(resumed.rate)
        player.set_loop(resumed.loop)
        player.seek(resumed.lesson_s)
    return player
