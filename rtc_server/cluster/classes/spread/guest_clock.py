"""The clock of a class that lives on another host: it is where the class's own clock is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from rtc_server.classes.class_clock import LeadingClock
from rtc_server.cluster.classes.spread.messages import ClockNews
from rtc_server.protocol.server_messages import EndReason, PlaybackState, build_state
from rtc_server.sync.player import Player

CORRECTED_S = 0.02  # a smaller error of the hosts' clocks moves no picture


class GuestClock(LeadingClock):
    """Takes each state of the class's clock, on the clock of this host."""

    def __init__(self, duration_s: float, now: Callable[[], float]) -> None:
        super().__init__(Player(duration_s, now))
        self._end_reason: asyncio.Future[EndReason] = asyncio.get_running_loop().create_future()
        self._news: ClockNews | None = None
        self._offset_s = 0.0

    @property
    def state(self) -> PlaybackState:
        if self._last is None:
            return "ready"
        return self._last["state"]

    @property
    def end_reason(self) -> asyncio.Future[EndReason]:
        return self._end_reason

    def take(self, news: ClockNews, offset_s: float) -> None:
        """Go on as the class does.

        :param offset_s: what makes the home host's time this host's.
        """
        if self.is_ended:
            return
        self._news, self._offset_s = news, offset_s
        player, run = self.player, news.run
        player.clock.adopt(replace(run, start_s=run.start_s + offset_s), news.rate, news.loop)
        player.notify()
        if news.end_reason is not None:
            self._end_reason.set_result(news.end_reason)
        self.send_control({**news.message, "lesson_s": round(player.position_s, 3)})

    def correct(self, offset_s: float) -> None:
        """The offset of the home host's clock is known better now."""
        news = self._news
        if news is not None and news.run.rate and abs(offset_s - self._offset_s) > CORRECTED_S:
            self.take(news, offset_s)

    def end(self) -> None:
        """The class's host is lost, and the class with it."""
        if self.is_ended:
            return
        self._end_reason.set_result("class ended")
        self.player.pause()
        clock, position_s = self.player.clock, self.player.position_s
        message = build_state(
            "ended", position_s, rate=clock.rate, loop=clock.loop, reason="class ended"
        )
        self.send_control(message)
