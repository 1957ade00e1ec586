"""The lesson clock of one session, and a way to wait for it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rtc_server.sync.lesson_clock import LessonClock, Loop


class Player:
    """Plays a lesson: the outgoing tracks and the playback share it."""

    def __init__(self, duration_s: float, now: Callable[[], float]) -> None:
        self.now = now
        self.epoch_s = now()  # RTP timestamps of the outgoing tracks count from here
        self.clock = LessonClock(duration_s, self.epoch_s)
        self._waiters: set[asyncio.Future[bool]] = set()  # a timer wakes them, or a change
        self._listeners: list[Callable[[], None]] = []

    @property
    def position_s(self) -> float:
        """The present lesson position."""
        return self.clock.position_s(self.now())

    def play(self) -> None:
        self.clock.play(self.now())
        self.notify()

    def pause(self) -> None:
        self.clock.pause(self.now())
        self.notify()

    def pause_at(self, lesson_s: float) -> None:
        """Stand still at a lesson position."""
        self.clock.pause(self.now())
        self.seek(lesson_s)

    def seek(self, lesson_s: float) -> None:
        self.clock.seek(self.now(), lesson_s)
        self.notify()

    def set_rate(self, rate: float) -> None:
        self.clock.set_rate(self.now(), rate)
        self.notify()

    def set_loop(self, loop: Loop | None) -> None:
        self.clock.set_loop(self.now(), loop)
        self.notify()

    def follow(self, leader: LessonClock) -> None:
        """Be where another clock is, which reads the same time as `now`."""
        self.clock.follow(self.now(), leader)
        self.notify()

    async def wait_until(self, when_s: float) -> bool:
        """Wait for a time of the server's clock; return False if something changed first."""
        delay_s = when_s - self.now()
        if delay_s <= 0:
            return True
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        timer = loop.call_later(delay_s, _wake, waiter, True) if delay_s < math.inf else None
        self._waiters.add(waiter)
        try:
            return await waiter
        finally:
            self._waiters.discard(waiter)
            if timer is not None:
                timer.cancel()

    async def wait_for_change(self) -> None:
        """Wait for a play, pause, seek, rate or loop."""
        await self.wait_until(math.inf)

    @contextmanager
    def listening(self, on_change: Callable[[], None]) -> Iterator[None]:
        """Call `on_change` for each change until the block is left; it only takes note of it."""
        self._listeners.append(on_change)
        try:
            yield
        finally:
            self._listeners.remove(on_change)

    async def wait_for_end(self, on_loop_restart: Callable[[int], None]) -> None:
        """Restart the loop whenever it ends; return when the lesson has been played to its end.

        :param on_loop_restart: is called after each restart, with the number of the run that ended.
        """
        while True:
            clock = self.clock
            if not clock.playing:
                await self.wait_for_change()
            elif await self.wait_until(clock.due_s(clock.end_s)):
                if clock.loop is None:
                    return
                ended = clock.run_number
                clock.restart_loop(self.now())
                self.notify()
                on_loop_restart(ended)

    def notify(self) -> None:
        """Wake everybody who waits, to look at the clock again."""
        for waiter in self._waiters:
            _wake(waiter, False)
        for on_change in self._listeners:
            on_change()


def _wake(waiter: asyncio.Future[bool], is_time: bool) -> None:
    if not waiter.done():
        waiter.set_result(is_time)
