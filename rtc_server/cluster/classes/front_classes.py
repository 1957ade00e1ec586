"""The classes of all hosts, as HTTP asks for them at a front."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator

from rtc_server.classes.codes import CodeGuard, make_code, normalize_code
from rtc_server.classes.directory import ClassFacts, NewClass
from rtc_server.classes.errors import ClassEnded, ClassTokenNeeded, UnknownClass
from rtc_server.classes.limits import require_class_allowed
from rtc_server.cluster.classes.class_store import PlacedClass
from rtc_server.cluster.classes.orders import ClassOrder
from rtc_server.cluster.classes.remote_class import EndedRemoteClass, RemoteClass, describe_lost
from rtc_server.cluster.directory import ClusterDirectory
from rtc_server.cluster.errors import HostLost, LessonUnreachable
from rtc_server.cluster.handle import HostHandle
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.placement import sort_by_load
from rtc_server.errors import NoRoom, ServerFull, TandemError, UnknownLesson
from rtc_server.metrics import Metrics
from rtc_server.protocol.class_messages import ClassKind

FIND_TIMEOUT_S = 1.0  # for all hosts to say whether a class is theirs


class ClusterClasses:
    """A `ClassDirectory` whose classes live on hosts, each on one."""

    kinds: tuple[ClassKind, ...] = ("lesson", "live")

    def __init__(
        self, sessions: ClusterDirectory, metrics: Metrics, now: Callable[[], float]
    ) -> None:
        self._sessions, self._metrics, self._now = sessions, metrics, now
        self._store, self._pool = sessions.class_store, sessions.pool
        self._seats, self._kept = sessions.class_seats, sessions.recordings.kept
        self._guard = CodeGuard(now())
        self._opening: Counter[str] = Counter()  # addresses whose class a host is asked to open
        self._asking = asyncio.Lock()

    def __iter__(self) -> Iterator[RemoteClass]:
        return filter(None, map(self._reach, self._store.list_running()))

    async def open(self, wish: NewClass) -> RemoteClass:
        """Have it opened by the host with the fewest classes, or by the next that can.

        :raises ClassesFull, TooManyClasses: there are as many as may be, on all hosts together.
        :raises ServerFull: no host takes classes.
        """
        open_by = [one.facts.address for one in self._store.list_running()]
        require_class_allowed([*open_by, *self._opening.elements()], wish.address)
        self._opening[wish.address] += 1
        try:
            return await self._place(wish)
        finally:
            self._opening[wish.address] -= 1

    async def find(self, text: str, address: str) -> RemoteClass:
        """See `ClassDirectory.find`; wrong codes are counted at this front.

        :raises ClassEnded: also where its host is gone.
        """
        code = normalize_code(text)
        self._guard.require_unlocked(address, self._now())
        placed = self._find_placed(code)
        if placed is None:
            async with self._asking:  # one after another, so that no guess is free
                self._guard.require_unlocked(address, self._now())
                placed = self._find_placed(code) or await self._ask_hosts(code)
                if placed is None:
                    self._guard.count_miss(address, self._now())
                    self._metrics.class_codes_missed.inc()
                    raise UnknownClass(
                        f"expected the code of a class, got {text!r:.40}, which none has"
                    )
        if (room := self._reach(placed)) is None:
            raise ClassEnded(describe_lost(code))
        return room

    async def find_for_teacher(
        self, text: str, address: str, may_teach: Callable[[ClassFacts], bool]
    ) -> RemoteClass | EndedRemoteClass:
        """See `ClassDirectory.find_for_teacher`."""
        ended = self._store.find_ended(normalize_code(text))
        room = EndedRemoteClass(ended, self._kept) if ended else await self.find(text, address)
        if not may_teach(room.facts):
            raise ClassTokenNeeded(
                "expected the class's token as Authorization: Bearer, from the answer to its "
                "opening; this is the teacher's"
            )
        return room

    def _find_placed(self, code: str) -> PlacedClass | None:
        """
        :raises ClassEnded: it has ended.
        """
        if (ended := self._store.find_ended(code)) is not None:
            raise ClassEnded(
                describe_lost(code) if ended.is_lost else f"the class {code} has ended"
            )
        return self._store.find(code)

    async def _ask_hosts(self, code: str) -> PlacedClass | None:
        """Ask all hosts for a class that another front may have opened a moment ago."""
        hosts = list(self._pool)
        if all(host.is_own for host in hosts):  # this front is alone, and opened all there are
            return None

        async def ask(host: HostRecord) -> PlacedClass | None:
            with contextlib.suppress(HostLost, TimeoutError):
                async with asyncio.timeout(FIND_TIMEOUT_S):
                    facts = await host.ask(lambda handle: handle.classes.find(code))
                return None if facts is None else self._store.add(facts, host.name)
            return None

        return next(filter(None, await asyncio.gather(*map(ask, hosts))), None)

    def _reach(self, placed: PlacedClass) -> RemoteClass | None:
        """None: its host is gone."""
        for host in self._pool:
            if host.name == placed.host:
                return RemoteClass(placed.facts, host, self._seats, self._kept)
        return None

    def _make_order(self, wish: NewClass) -> ClassOrder:
        while (code := make_code()) in self._store:
            pass
        order = ClassOrder(code, wish.options, wish.address, wish.owner, right=wish.right)
        if (lesson := wish.lesson) is None:
            return order
        return ClassOrder(
            *(code, wish.options, wish.address, wish.owner, lesson.id, lesson.source_sha256),
            lesson_source=self._sessions.find_source(lesson),
            about_lesson=wish.about_lesson,
        )

    async def _place(self, wish: NewClass) -> RemoteClass:
        refusal: TandemError = ServerFull("no host takes classes at the moment; try again soon")
        for host in self._choose_hosts():
            order = self._make_order(wish)  # one that did not answer may have opened a class
            try:
                facts = await host.ask(_opening(order))
            except HostLost:
                continue
            except (LessonUnreachable, NoRoom, ServerFull, UnknownLesson) as error:
                refusal = error
                continue
            if host.state == "gone":
                continue
            self._store.add(facts, host.name)
            return RemoteClass(facts, host, self._seats, self._kept)
        raise refusal

    def _choose_hosts(self) -> list[HostRecord]:
        """Those that have room first, then by their classes, because nobody is in a new one yet."""
        classes = Counter(one.host for one in self._store.list_running())
        by_load = sort_by_load(self._pool, self._now())
        return sorted(
            by_load, key=lambda host: (not self._seats.has_room(host), classes[host.name])
        )


def _opening(order: ClassOrder) -> Callable[[HostHandle], Awaitable[ClassFacts]]:
    return lambda handle: handle.classes.open(order)
