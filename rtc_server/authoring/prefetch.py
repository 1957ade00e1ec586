"""Computes the next items of a generator in a thread while the current one is in use."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

SLOTS = 2


def prefetch(items: Generator[T], slots: int = SLOTS) -> Generator[T]:
    """Give `items` in their order; up to `slots` of them are computed before they are asked for.

    What `items` raises is raised here, after the items before it. When this generator ends, for
    whatever reason, the thread has ended and `items` is closed.
    """
    with ThreadPoolExecutor(1, "prefetch") as thread:
        try:
            waiting = deque(thread.submit(_next, items) for _ in range(slots))
            while item := waiting.popleft().result():
                waiting.append(thread.submit(_next, items))
                yield item[0]
        finally:
            thread.shutdown(cancel_futures=True)  # waits for the item that is being computed
            items.close()


def _next(items: Generator[T]) -> tuple[T] | None:
    """The next item; None at the end, since a future cannot carry a StopIteration."""
    for item in items:
        return (item,)
    return None
