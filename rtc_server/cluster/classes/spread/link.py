"""Keeps a guest class and the class on its home host in step."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from rtc_server.classes.errors import UnknownClass
from rtc_server.cluster.classes.spread.guest_class import GuestClass
from rtc_server.cluster.classes.spread.handle import GuestsHandle
from rtc_server.cluster.classes.spread.home_offset import HomeOffset
from rtc_server.cluster.classes.spread.messages import HomeTime
from rtc_server.cluster.errors import HostLost
from rtc_server.metrics import Metrics

UPDATE_S = 0.5  # as often as the teacher sees everybody
GAP_S = 0.02  # between updates, and between news, whatever happens
RETRY_S, LOST_S = 0.5, 6.0  # the home host does not answer; it is gone
IDLE_S = 5.0  # without a learner: then the class is forgotten here
FIRST_ROUND_TRIPS = 3  # so that the clocks are known before the first state


class GuestLink:
    """Of one class; `run` it once."""

    def __init__(
        self,
        code: str,
        guest: GuestClass,
        find_home: Callable[[], Awaitable[GuestsHandle]],
        offset: HomeOffset,
        now: Callable[[], float],
        metrics: Metrics,
    ) -> None:
        """:param find_home: raises `HostLost` where it is gone."""
        self.opening = 0  # sessions that are being opened
        self._code, self._guest = code, guest
        self._find_home = find_home
        self._home: GuestsHandle | None = None
        self._offset, self._now, self._metrics = offset, now, metrics
        self._heard_s = self._used_s = now()

    async def ask_home(self) -> GuestsHandle:
        """Find the home host, or give the one that was found.

        :raises HostLost: it is gone.
        """
        self._home = self._home or await self._find_home()
        return self._home

    async def pull(self, offer_sdp: str) -> str:
        """Have the home host send a live teacher's media.

        :raises HostLost: it is gone.
        """
        home = await self.ask_home()
        return await home.pull(self._code, self._guest.name, offer_sdp)

    async def run(self) -> None:
        """Until nobody of the class is here, or it has ended and its home host is gone."""
        for _ in range(FIRST_ROUND_TRIPS):
            await self._update()
        tasks = {asyncio.create_task(self._follow())}
        if self._guest.live is not None:
            tasks.add(asyncio.create_task(self._guest.live.run()))
        try:
            await self._keep_updated()
        finally:
            for task in tasks:
                task.cancel()
            self._guest.cut_off()
            await asyncio.wait(tasks)

    @property
    def _is_used(self) -> bool:
        now_s = self._now()
        if len(self._guest) or self.opening:
            self._used_s = now_s
        return now_s - self._used_s < IDLE_S

    async def _keep_updated(self) -> None:
        while self._is_used:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(UPDATE_S):
                    await self._guest.changed.wait()
            if not await self._update():
                return
            await asyncio.sleep(GAP_S)

    async def _update(self) -> bool:
        """Tell what is new until the home host has heard it; False: the class is over."""
        update = self._guest.take_update()
        while True:
            sent_s = self._now()
            try:
                time = await (await self.ask_home()).update(self._code, update)
            except UnknownClass:
                return False
            except HostLost:
                if not await self._retry():
                    return False
            else:
                self._on_heard(sent_s, time)
                self._guest.on_updated(update)
                return True

    async def _follow(self) -> None:
        """Do what the home host says, until cancelled; `_update` finds out whether it is gone."""
        while True:
            guest = self._guest
            try:
                home = await self.ask_home()
                news = await home.wait_for_news(self._code, guest.name, guest.confirmed)
            except UnknownClass:
                return
            except HostLost:
                await asyncio.sleep(RETRY_S)
                continue
            guest.take_news(news, self._offset.offset_s)
            await asyncio.sleep(GAP_S)

    def _on_heard(self, sent_s: float, time: HomeTime) -> None:
        self._heard_s = self._now()
        self._offset.on_round_trip(sent_s, time, self._heard_s)
        self._guest.clock.correct(self._offset.offset_s)
        self._metrics.class_clock_error.set(self._offset.error_s)

    async def _retry(self) -> bool:
        """Wait a little; False: the home host has not answered for so long that it is gone."""
        await asyncio.sleep(RETRY_S)
        return self._now() - self._heard_s < LOST_S
