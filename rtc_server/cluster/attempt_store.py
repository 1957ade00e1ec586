"""What a host that dies would take with it: its learners' attempts, kept by the front. Pure.

Each report of a host brings those that went on, so that what is lost is a second of dancing. As
long as the host lives, it knows better, and the store is asked only when it does not.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace

from rtc_server.cluster.attempts.kept_attempt import KeptAttempt
from rtc_server.cluster.reports import LessonFacts
from rtc_server.session.resume import RESUMABLE_S, unknown_session

MAX_BYTES = 256 << 20  # of attempts without a host
MAX_SUCCESSORS = 4096


class AttemptStore:
    """Attempts by the id of the session that they were last danced in."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._of_hosts: dict[str, dict[str, KeptAttempt]] = {}
        # (when it was left, the attempt), the oldest first: of hosts that are gone
        self._left: OrderedDict[str, tuple[float, KeptAttempt]] = OrderedDict()
        self._successors: OrderedDict[str, str] = OrderedDict()

    def __len__(self) -> int:
        """The attempts that are kept."""
        return len(self._left) + sum(map(len, self._of_hosts.values()))

    def update(self, host: str, kept: Iterable[KeptAttempt], resumable: frozenset[str]) -> None:
        """Take the news of a host.

        :param resumable: the ids of all that it can go on with; others are forgotten.
        """
        own = self._of_hosts.setdefault(host, {})
        own.update({each.session: each for each in kept})
        for id in own.keys() - resumable:
            del own[id]

    def on_host_gone(self, host: str) -> None:
        """A host has ended, or died: what was there is free for another."""
        for each in self._of_hosts.pop(host, {}).values():
            self.leave(each)

    def leave(self, kept: KeptAttempt) -> None:
        """Keep an attempt that no host has."""
        self._left.pop(kept.session, None)
        self._left[kept.session] = (self._now(), kept)
        self._expire()

    def is_left(self, id: str) -> bool:
        """Whether no host has it."""
        return id in self._left

    def forget(self, id: str) -> None:
        """Forget an attempt wherever it is: it ended, or goes on under another id."""
        self._left.pop(id, None)
        for own in self._of_hosts.values():
            own.pop(id, None)

    def get(self, id: str, owner: str | None) -> KeptAttempt:
        """An attempt that can be gone on with.

        :param owner: who wants to.
        :raises UnknownSession: it is not known, or somebody else's.
        """
        self._expire()
        kept = self._left[id][1] if id in self._left else self._find_on_hosts(id)
        if kept is None or kept.owner != owner:
            raise unknown_session(id)
        return kept

    def list_lessons(self) -> set[LessonFacts]:
        """The lessons of all attempts."""
        running = (kept for own in self._of_hosts.values() for kept in own.values())
        left = (kept for _, kept in self._left.values())
        return {LessonFacts(one.lesson, one.source_sha256) for one in (*running, *left)}

    def set_successor(self, id: str, successor: str) -> None:
        """Record which session goes on with that one: a client may not have heard of it."""
        self._successors[id] = successor
        while len(self._successors) > MAX_SUCCESSORS:
            self._successors.popitem(last=False)

    def resolve(self, id: str) -> str:
        """The last of the sessions that went on with `id`, one after another."""
        while (successor := self._successors.get(id)) is not None:
            id = successor
        return id

    def remove_name(self, learner: str, owner: str | None = None) -> None:
        """Remove a learner's name from all attempts; they can still be gone on with.

        :param owner: only from this invited learner's.
        """

        def without_name(kept: KeptAttempt) -> KeptAttempt:
            if owner not in (None, kept.owner):
                return kept
            names = (None if name == learner else name for name in kept.names)
            return replace(kept, names=tuple(names))

        for id, (left_s, kept) in self._left.items():
            self._left[id] = left_s, without_name(kept)
        for own in self._of_hosts.values():
            own.update({id: without_name(kept) for id, kept in own.items()})

    def _find_on_hosts(self, id: str) -> KeptAttempt | None:
        return next((own[id] for own in self._of_hosts.values() if id in own), None)

    def _expire(self) -> None:
        until_s = self._now() - RESUMABLE_S
        while self._left and next(iter(self._left.values()))[0] <= until_s:
            self._left.popitem(last=False)
        size = sum(len(kept.content) for _, kept in self._left.values())
        while size > MAX_BYTES:
            size -= len(self._left.popitem(last=False)[1][1].content)
