"""A headless learner who comes back: where the connection breaks off, another one goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from rtc_server.client.learner import Learner, Outcome, Wish
from rtc_server.errors import NothingToResume, SessionFailed

RECONNECTS = 3
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 8.0
REPLACED = "replaced"  # somebody goes on with this session already: it is not ours any more


class Follower:
    """Takes part until the lesson ends, with as many connections as that needs and may be."""

    def __init__(
        self,
        wish: Wish,
        hear: Callable[[dict[str, Any]], None] = lambda _: None,
        tell: Callable[[str], None] = lambda _: None,
        reconnects: int = RECONNECTS,
    ) -> None:
        """:param hear: is told of every message of the server.
        :param tell: is told in words how reconnecting goes.
        :param reconnects: how often to try to connect again, in all.
        """
        self._wish = wish
        self._hear = hear
        self._tell = tell
        self._reconnects = reconnects
        self._left = asyncio.Event()
        self._learner = Learner(wish, hear)

    @property
    def outcome(self) -> Outcome:
        return self._learner.outcome

    def leave(self) -> None:
        """Say goodbye; `follow` returns soon."""
        self._left.set()
        self._learner.leave()

    async def follow(self) -> Outcome:
        """Take part in the whole lesson.

        :raises SessionFailed: not even the first connection came about.
        :raises BadVideo: the camera's file cannot be played.
        """
        await self._learner.follow()
        for attempt in range(self._reconnects):
            if self.outcome.ended == "clean" or self.outcome.reason == REPLACED:
                break
            pause_s = min(FIRST_PAUSE_S * 2**attempt, LONGEST_PAUSE_S)
            which = f"{attempt + 1} of {self._reconnects}"
            self._tell(f"the connection was lost; connecting again in {pause_s:.0f} s, {which}")
            if await self._leaves_within(pause_s):
                break
            await self._come_back()
        return self.outcome

    async def _leaves_within(self, pause_s: float) -> bool:
        try:
            async with asyncio.timeout(pause_s):
                return await self._left.wait()
        except TimeoutError:
            return False

    async def _come_back(self) -> None:
        """One more connection; where it does not come about that is told, and nothing else."""
        session = self._learner.session
        self._learner = Learner(self._wish, self._hear, self._learner)
        try:
            await self._learner.follow()
        except NothingToResume:
            self._tell("the server does not know the session any more; the next try starts anew")
            self._learner.session = None
        except SessionFailed as error:
            self._tell(str(error))
            self._learner.session = self._learner.session or session
