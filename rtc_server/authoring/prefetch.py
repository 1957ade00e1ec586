"""Work done ahead of time: the next items are made in a thread while one is in use."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

SLOTS = 2


def ahead(items: Generator[T], slots: int = SLOTS) -> Generator[T]:
    """Give `items` in their order, up to `slots` of them made before they are asked for.

    What `items` raises is raised here, after the items before it. Once this ends, however it
    ends, the thread is gone and `items` is closed.
    """
    with ThreadPoolExecutor(1, "ahead") as maker:
        try:
            waiting = deque(maker.submit(_next, items) for _ in range(slots))
            while made := waiting.popleft().result():
                waiting.append(maker.submit(_next, items))
                yield made[0]
        finally:
            maker.shutdown(cancel_futures=True)  # waits for the one in the making
            items.close()


def _next(items: Generator[T]) -> tuple[T] | None:
    """One more; None at the end, since a StopIteration does not cross a future."""
    for item in items:
        return (item,)
    return None
