"""The fronts that ask a host for reports, and what each of them has been told."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.classes.recordings.messages import DescribedJobs
from rtc_server.cluster.lesson_copies.catalog import LessonCatalog
from rtc_server.cluster.reports import NumberedResult, RemovedName
from rtc_server.cluster.snapshots import keep_attempt
from rtc_server.session.resume import ResumableSession

MAX_READERS = 64
FORGET_S = 60.0  # after a front's last question
MAX_WAITING = 256  # results, and names, for a front that does not ask

AttemptState = tuple[object, ...]


@dataclass(slots=True)
class Reader:
    """One front."""

    asked_s: float
    catalog: LessonCatalog | None = None  # that it has
    jobs: DescribedJobs | None = None  # of recordings, that it has
    attempts: Mapping[str, AttemptState] = field(default_factory=dict)  # that it has, by session
    results: deque[NumberedResult] = field(default_factory=lambda: deque(maxlen=MAX_WAITING))
    told_classes: dict[str, float] = field(default_factory=dict)  # when to tell it again, by code
    names: deque[RemovedName] = field(default_factory=lambda: deque(maxlen=MAX_WAITING))

    def take_results(self) -> tuple[NumberedResult, ...]:
        """Those that it has not got yet."""
        found = tuple(self.results)
        self.results.clear()
        return found

    def take_names(self) -> tuple[RemovedName, ...]:
        """Names that were deleted since it last asked."""
        found = tuple(self.names)
        self.names.clear()
        return found


class Readers:
    """All of them; one that stops asking is forgotten, and begins anew when it asks again."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._readers: OrderedDict[str, Reader] = OrderedDict()  # the last who asked at the end
        self._written: dict[str, tuple[AttemptState, KeptAttempt]] = {}  # once for all readers

    def __len__(self) -> int:
        return len(self._readers)

    def __contains__(self, name: str) -> bool:
        return name in self._readers

    def get(self, name: str) -> Reader:
        """The front of that name, which asks now."""
        now_s = self._now()
        reader = self._readers.setdefault(name, Reader(now_s))
        reader.asked_s = now_s
        self._readers.move_to_end(name)
        oldest = next(iter(self._readers.values()))
        if oldest.asked_s < now_s - FORGET_S or len(self._readers) > MAX_READERS:
            self._readers.popitem(last=False)
        return reader

    def add_result(self, result: NumberedResult) -> None:
        """A session has ended."""
        for reader in self._readers.values():
            reader.results.append(result)

    def add_removed_name(self, name: RemovedName) -> None:
        """A learner's name was deleted."""
        for reader in self._readers.values():
            reader.names.append(name)

    def collect_attempts(
        self, reader: Reader, found: Mapping[str, ResumableSession]
    ) -> tuple[KeptAttempt, ...]:
        """Those that went on since that front's last report.

        :param found: all that can be gone on with, by the session's id.
        """
        states = {id: _describe_state(one) for id, one in found.items()}
        changed = [id for id, state in states.items() if reader.attempts.get(id) != state]
        reader.attempts = states
        self._forget_written(found)
        return tuple(self._write(id, states[id], found[id]) for id in changed)

    def _write(self, id: str, state: AttemptState, one: ResumableSession) -> KeptAttempt:
        written = self._written.get(id)
        if written is None or written[0] != state:
            written = self._written[id] = state, keep_attempt(id, one)
        return written[1]

    def _forget_written(self, ids: Iterable[str]) -> None:
        for id in self._written.keys() - set(ids):
            del self._written[id]


def _describe_state(one: ResumableSession) -> AttemptState:
    """What tells an attempt from itself a second ago; a place alone moves on without a sample."""
    names = (one.learner, *one.other_names)
    return one.attempt.id, one.attempt.samples, names, one.rate, one.loop, one.lesson_s
