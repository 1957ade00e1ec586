"""Failures of aiortc's tasks that nobody awaits.

Its SCTP transport sends in tasks of its own. When a learner is cut off in that moment, such a task
fails with ConnectionError, and asyncio would log a traceback for each, though the session notices
and ends as it should. Those are counted; everything else is logged as ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

from prometheus_client import Counter

TRANSPORT = "RTCSctpTransport."


def count_unsent(loop: asyncio.AbstractEventLoop, counter: Counter) -> None:
    """Have the loop count what SCTP could not send to a learner who is gone."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if is_unsent(context):
            counter.inc()
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)


def is_unsent(context: dict[str, Any]) -> bool:
    """Whether what the loop complains of is a message to a learner who is gone."""
    if not isinstance(context.get("exception"), ConnectionError):
        return False
    task = context.get("future")
    coroutine = task.get_coro() if isinstance(task, asyncio.Task) else None
    return getattr(coroutine, "__qualname__", "").startswith(TRANSPORT)
