"""Two event loops in two processes that share one clock, which stands still while either works.

So what takes a minute of sessions takes as long as its work does, a busy machine changes nothing
but how long that is, and processor time counts the same work each time. What is missing is what a
real machine does while it waits: waking up costs the kernel some microseconds, here it does not.
"""

from __future__ import annotations

import asyncio
import datetime
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from aiortc import clock

EPOCH_S = 1_800_000_000.0  # the wall clock's time when the shared clock is 0
THREAD_WAIT_S = 0.05
MAX_THREAD_WAITS = 40


@dataclass(slots=True)
class Follower:
    """What the follower says when it has nothing to do: its next timer, and news."""

    due_s: float | None
    frames: int  # of all its webcams, so far
    news: list[Any] = field(default_factory=list)


class LockstepLoop(asyncio.SelectorEventLoop):
    """An event loop whose time moves only when `on_idle` moves it."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        super().__init__()
        self.on_idle: Callable[[float | None], list[Any]] = lambda _: []
        self.inner: selectors.BaseSelector = self._selector  # type: ignore[has-type]
        self._selector = _Selector(self)
        time.time = lambda: EPOCH_S + self.now_s
        clock.current_datetime = lambda: datetime.datetime.fromtimestamp(
            EPOCH_S + self.now_s, datetime.UTC
        )

    def time(self) -> float:
        return self.now_s


class _Selector:
    def __init__(self, loop: LockstepLoop) -> None:
        self._loop = loop
        self._inner = loop.inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def select(self, timeout: float | None = None) -> list[Any]:
        events = self._inner.select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        return self._loop.on_idle(timeout)


class Leader:
    """Moves the time of its loop and of the follower's: to whichever timer is due first."""

    def __init__(self, loop: LockstepLoop, follower: Connection) -> None:
        self._loop = loop
        self._follower = follower
        self.answers: list[Any] = []  # for the follower
        self.on_news: Callable[[Any], None] = lambda _: None
        self.count_frames: Callable[[], int] = lambda: 0  # decoded so far
        self._lost_frames = 0
        self.idle_s = 0.0  # processor time of this thread that is the clock's, not the work's
        loop.on_idle = self._on_idle

    def _on_idle(self, timeout: float | None) -> list[Any]:
        began_s = time.thread_time()
        try:
            return self._advance(None if timeout is None else self._loop.now_s + timeout)
        finally:
            self.idle_s += time.thread_time() - began_s

    def _advance(self, due_s: float | None) -> list[Any]:
        while True:
            self._follower.send((self._loop.now_s, self.answers))
            self.answers = []
            there: Follower = self._follower.recv()
            for news in there.news:
                self.on_news(news)
            events = self._loop.inner.select(0) or self._wait_for_threads(there.frames)
            if events or there.news:
                return events
            dues = [due for due in (due_s, there.due_s) if due is not None]
            self._loop.now_s = max(self._loop.now_s, min(dues))
            if due_s is not None and self._loop.now_s >= due_s:
                return []

    def _wait_for_threads(self, frames: int) -> list[Any]:
        """Decoders work while the clock stands still."""
        for _ in range(MAX_THREAD_WAITS):
            if self.count_frames() + self._lost_frames >= frames:
                return []
            if events := self._loop.inner.select(THREAD_WAIT_S):
                return events
        self._lost_frames = frames - self.count_frames()
        return []


class Led:
    """The follower's side."""

    def __init__(self, loop: LockstepLoop, leader: Connection) -> None:
        self._loop = loop
        self._leader = leader
        self.frames = 0
        self.news: list[Any] = []  # for the leader
        self.on_answer: Callable[[Any], None] = lambda _: None
        self._has_begun = False
        loop.on_idle = self._on_idle

    def _on_idle(self, timeout: float | None) -> list[Any]:
        due_s = None if timeout is None else self._loop.now_s + timeout
        if self._has_begun:
            self._leader.send(Follower(due_s, self.frames, self.news))
            self.news = []
        self._has_begun = True
        self._loop.now_s, answers = self._leader.recv()
        for answer in answers:
            self.on_answer(answer)
        return self._loop.inner.select(0)
