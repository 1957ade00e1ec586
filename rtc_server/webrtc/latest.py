"""One slot between a fast writer and a slow reader: the newest wins, and losses are counted."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):
    """The writer has gone and nothing more will come."""


class Latest(Generic[T]):
    """Holds at most one item. For one event loop, one reader."""

    def __init__(self) -> None:
        self._slot: deque[T] = deque(maxlen=1)
        self._filled = asyncio.Event()
        self._closed = False
        self.received = 0
        self.dropped = 0

    def put(self, item: T) -> None:
        """Leave an item, throwing away one that nobody took."""
        self.received += 1
        self.dropped += len(self._slot)
        self._slot.append(item)
        self._filled.set()

    def close(self) -> None:
        """Say that nothing more will come; a waiting reader is woken."""
        self._closed = True
        self._filled.set()

    async def ready(self) -> None:
        """Wait until there is an item, and leave it there: the one taken later may be newer.

        :raises Closed: the box is empty and its writer has closed it.
        """
        while not self._slot:
            if self._closed:
                raise Closed
            self._filled.clear()
            await self._filled.wait()

    async def another(self) -> None:
        """Wait until an item is put, whether or not there is one, and leave it there.

        :raises Closed: the writer has closed the box.
        """
        before = self.received
        while self.received == before:
            if self._closed:
                raise Closed
            self._filled.clear()
            await self._filled.wait()

    async def take(self) -> T:
        """Wait for an item and empty the slot.

        :raises Closed: the box is empty and its writer has closed it.
        """
        await self.ready()
        return self._slot.popleft()
