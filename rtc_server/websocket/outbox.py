"""What waits to be sent over a WebSocket: every control message, and the newest of the rest."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum, auto

from rtc_server.websocket.close_codes import Closing

MAX_CONTROL = 64


class Signal(Enum):
    """What is no message."""

    PING = auto()


Item = str | bytes | Signal | Closing


class Outbox:
    """Messages of one connection, for one reader; a `Closing` comes after all of them."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._control: deque[tuple[float, str]] = deque()  # since when it waits, the message
        self._ping = False
        self._scores: dict[int, str] = {}  # the newest of each dancer
        self._picture: bytes | None = None
        self._closing: Closing | None = None
        self._filled = asyncio.Event()

    def put_control(self, message: str) -> bool:
        """Put a message that must not be lost; False: too many wait already."""
        if len(self._control) >= MAX_CONTROL or self._closing is not None:
            return False
        self._control.append((self._now(), message))
        self._filled.set()
        return True

    def put_score(self, message: str, dancer: int = 0) -> bool:
        """Put a score in the place of that dancer's that waits; False: one waited, and is lost."""
        free = dancer not in self._scores
        self._scores[dancer] = message
        self._filled.set()
        return free

    def put_picture(self, picture: bytes) -> bool:
        """Put a picture in the place of one that still waits; False: one waited, and is lost."""
        free = self._picture is None
        self._picture = picture
        self._filled.set()
        return free

    def put_ping(self) -> None:
        self._ping = True
        self._filled.set()

    def close(self, closing: Closing) -> None:
        """Send what has to be sent, then this, and nothing more; only the first one counts."""
        if self._closing is None:
            self._closing = closing
            self._scores.clear()
            self._picture = None
            self._filled.set()

    @property
    def waits_since_s(self) -> float | None:
        """Since when the oldest control message waits; None if none does."""
        return self._control[0][0] if self._control else None

    async def next(self) -> Item:
        """Wait for what is to be sent now. Control messages stay in it until `done`."""
        while (item := self._first()) is None:
            self._filled.clear()
            await self._filled.wait()
        return item

    def done(self, item: Item) -> None:
        """It is sent: a control message no longer waits."""
        if self._control and self._control[0][1] is item:
            self._control.popleft()

    def _first(self) -> Item | None:
        if self._control:
            return self._control[0][1]
        if self._closing is not None:
            return self._closing
        if self._ping:
            self._ping = False
            return Signal.PING
        if self._scores:
            return self._scores.pop(next(iter(self._scores)))
        picture, self._picture = self._picture, None
        return picture
