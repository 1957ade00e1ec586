"""Adds what comes of a live teacher's media to the metrics."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from rtc_server.metrics import Metrics

COUNT_S = 1.0


async def count_media(statistics: Callable[[], Counter[str]], metrics: Metrics) -> None:
    """Once a second, until cancelled.

    :param statistics: what came and what became of it, from the beginning on.
    """
    before: Counter[str] = Counter()

    def add() -> Counter[str]:
        now = statistics()
        for what, count in now.items():
            metrics.live_media.labels(what).inc(count - before[what])
        return now

    try:
        while True:
            await asyncio.sleep(COUNT_S)
            before = add()
    finally:
        add()
