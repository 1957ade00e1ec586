"""A one-slot queue between a fast writer and a slow reader, in which the newest item wins."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):
    """The writer has closed the queue or channel, and nothing more will come."""


class Latest(Generic[T]):
    """Holds at most one item and counts the items that it drops. For one event loop, one reader."""

    def __init__(self) -> None:
        self._slot: deque[T] = deque(maxlen=1)
        self._filled = asyncio.Event()
        self._closed = False
        self.received = 0
        self.dropped = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing could be taken now."""
        return not self._slot

    def put(self, item: T, count: int = 1) -> None:
        """Put an item into the slot, replacing one that nobody took.

        :param count: of items that came, of which this is the newest and the others are dropped.
        """
        self.received += count
        self.dropped += count - 1 + len(self._slot)
        self._slot.append(item)
        self._filled.set()

    def close(self) -> None:
        """Put nothing more; a waiting reader wakes up."""
        self._closed = True
        self._filled.set()

    async def wait(self) -> None:
        """Wait until there is an item, without taking it: the one taken later may be newer.

        :raises Closed: the slot is empty and closed.
        """
        while not self._slot:
            if self._closed:
                raise Closed
            self._filled.clear()
            await self._filled.wait()

    async def wait_for_next(self) -> None:
        """Wait until the next item is put, even if there is one already, without taking it.

        :raises Closed: the slot is closed.
        """
        await self._wait_past(self.received)

    async def _wait_past(self, before: int) -> None:
        """Wait until more items than that have been put.

        :raises Closed: the slot is closed.
        """
        while self.received == before:
            if self._closed:
                raise Closed
            self._filled.clear()
            await self._filled.wait()

    async def take(self) -> T:
        """Wait for an item and take it out of the slot.

        :raises Closed: the slot is empty and closed.
        """
        await self.wait()
        return self._slot.popleft()

    def take_newest(self) -> T | None:
        """Take the item that is there; None where there is none."""
        return self._slot.popleft() if self._slot else None
