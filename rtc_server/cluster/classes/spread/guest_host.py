"""One guest host, as a class on its home host knows it. For the event loop's thread."""

from __future__ import annotations

import asyncio
import contextlib

from rtc_server.cluster.classes.spread.messages import ClockNews, HomeNews, SeatNews
from rtc_server.cluster.classes.spread.remote_seat import RemoteSeat
from rtc_server.scoring.growing.reference import GrowingReference
from rtc_server.types import Pose

MAX_POSES = 500  # of a live teacher in one answer: 120 kB
WAIT_S = 1.0  # for news, before an answer without any


class GuestHost:
    """Whom it has, and what it is to be told."""

    def __init__(
        self,
        name: str,
        clock: ClockNews | None,
        reference: GrowingReference | None,
        now_s: float,
    ) -> None:
        """:param reference: of a live class, which grows."""
        self.name = name
        self.heard_s = now_s
        self.is_silent = False
        self.updated = 0  # the number of the last update
        self.seats: dict[str, RemoteSeat] = {}  # by session
        self._clock = clock  # not told yet
        self._reference, self._posed = reference, 0  # how many poses it has
        self._last = HomeNews(0, None, {})  # said, and maybe not received
        self._changed = asyncio.Event()
        self._waiters = 0
        if clock is not None:
            self._changed.set()

    def on_news(self) -> None:
        """Something waits for it."""
        self._changed.set()

    def on_clock(self, clock: ClockNews) -> None:
        """The class's clock has changed."""
        self._clock = clock
        self._changed.set()

    def on_turn(self) -> None:
        """Half a second has passed."""
        if self._reference is not None and len(self._reference) > self._posed:
            self._changed.set()

    async def wait_for_news(self, confirmed: int) -> HomeNews:
        """Wait a second, or until there are some; those that were not confirmed come again."""
        if self._last.number > confirmed:
            return self._last
        self._waiters += 1
        own = self._waiters
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_S):
                await self._changed.wait()
        if own != self._waiters:  # the guest host has asked again: nobody hears this answer
            return HomeNews(confirmed, None, {})
        return self._take(confirmed)

    def _take(self, confirmed: int) -> HomeNews:
        self._changed.clear()
        found: dict[str, SeatNews] = {}
        for session, seat in self.seats.items():
            if (news := seat.take_news()) is not None:
                found[session] = news
        clock, self._clock = self._clock, None
        poses = self._take_poses()
        number = max(confirmed, self._last.number) + bool(clock is not None or found or poses)
        count = len(self._reference or ())
        self._last = HomeNews(number, clock, found, poses, count)
        return self._last

    def _take_poses(self) -> tuple[Pose, ...]:
        if self._reference is None:
            return ()
        poses = self._reference.list_poses(self._posed, MAX_POSES)
        self._posed += len(poses)
        if self._posed < len(self._reference):
            self._changed.set()
        return tuple(poses)
