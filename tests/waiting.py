"""Waiting for events in tests: a deadline here matters only when a test fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

# What takes a second on an idle machine may take many times as long beside other work.
PATIENCE_S = 60.0


async def wait_until(is_so: Callable[[], object], within_s: float = PATIENCE_S) -> None:
    """Wait until a condition holds.

    :raises TimeoutError: it did not.
    """
    async with asyncio.timeout(within_s):
        while not is_so():
            await asyncio.sleep(0.01)


def block_until(is_so: Callable[[], object], within_s: float = PATIENCE_S) -> None:
    """`wait_until` outside an event loop.

    :raises TimeoutError: it did not.
    """
    until_s = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > until_s:
            raise TimeoutError(f"expected it within {within_s:g} s")
        time.sleep(0.01)
