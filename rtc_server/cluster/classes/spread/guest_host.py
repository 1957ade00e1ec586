"""One guest host, as a class on its home host knows it. For the event loop's thread."""

from __future__ import annotations

import asyncio
import contextlib

from rtc_server.cluster.classes.spread.messages import ClockNews, HomeNews, SeatNews
from rtc_server.cluster.classes.spread.remote_seat import RemoteSeat

WAIT_S = 1.0  # for news, before an answer without any


class GuestHost:
    """Whom it has, and what it is to be told."""

    def __init__(self, name: str, clock: ClockNews | None, now_s: float) -> None:
        self.name = name
        self.heard_s = now_s
        self.is_silent = False
        self.updated = 0  # the number of the last update
        self.seats: dict[str, RemoteSeat] = {}  # by session
        self._clock = clock  # not told yet
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
        if clock is not None or found:
            self._last = HomeNews(max(confirmed, self._last.number) + 1, clock, found)
        else:
            self._last = HomeNews(self._last.number, None, {})
        return self._last
