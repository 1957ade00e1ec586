"""One lesson being played: its clock, and word of every change of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rtc_server.sync.lesson_clock import LessonClock, Loop


class Player:
    """What the instructor's tracks share."""

    def __init__(self, duration_s: float, now: Callable[[], float]) -> None:
        self.now = now
        self.began_s = now()
        self.clock = LessonClock(duration_s, self.began_s)
        self._changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def position_s(self) -> float:
        return self.clock.position_s(self.now())

    def play(self) -> None:
        self.clock.play(self.now())
        self.stir()

    def pause(self) -> None:
        self.clock.pause(self.now())
        self.stir()

    def seek(self, lesson_s: float) -> None:
        self.clock.seek(self.now(), lesson_s)
        self.stir()

    def stand(self, lesson_s: float) -> None:
        """Stand still at a position."""
        self.clock.pause(self.now())
        self.seek(lesson_s)

    def set_rate(self, rate: float) -> None:
        self.clock.set_rate(self.now(), rate)
        self.stir()

    def set_loop(self, loop: Loop | None) -> None:
        self.clock.set_loop(self.now(), loop)
        self.stir()

    async def until(self, when_s: float) -> bool:
        """Wait for a time of the server's clock; False where something changed first."""
        delay_s = when_s - self.now()
        if delay_s <= 0:
            return True
        done, _ = await asyncio.wait({self._changed}, timeout=delay_s)
        return not done

    async def until_changed(self) -> None:
        """Wait for a play, pause, seek, rate or loop."""
        await asyncio.wait({self._changed})

    async def until_over(self, looped: Callable[[int], None]) -> None:
        """Keep the loop going; return when the lesson has been played to its end.

        :param looped: told, after each jump back, the number of the segment that it ended.
        """
        while True:
            clock = self.clock
            if not clock.playing:
                await self.until_changed()
            elif await self.until(clock.due_s(clock.end_s)):
                if clock.loop is None:
                    return
                ended = clock.number
                clock.begin_loop_again(self.now())
                self.stir()
                looped(ended)

    def stir(self) -> None:
        """Wake everybody who waits, to look again."""
        self._changed.set_result(None)
        self._changed = asyncio.get_running_loop().create_future()
