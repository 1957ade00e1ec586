"""Cleaning up in a task that may be cancelled meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def finish_before_cancelling(work: Coroutine[Any, Any, None]) -> None:
    """Wait until `work` is done, even if this task is cancelled; the cancellation follows then.

    `work` must be short. A second cancellation while it runs takes effect at once.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
