"""Counts failures in aiortc's own tasks, which nobody awaits.

aiortc's SCTP transport sends in tasks of its own. When a learner's connection breaks while such a
task sends, it fails with ConnectionError, and asyncio would log a traceback for each, though the
session notices the break and ends as it should. These failures are counted; all others are logged
as usual.
"""

from __future__ import annotations

import asyncio
from typing import Any

from prometheus_client import Counter

TRANSPORT = "RTCSctpTransport."


def count_send_failures(loop: asyncio.AbstractEventLoop, counter: Counter) -> None:
    """Have the loop count what SCTP could not send to a learner who is no longer connected."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if is_send_failure(context):
            counter.inc()
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)


def is_send_failure(context: dict[str, Any]) -> bool:
    """Whether the loop reports a message that SCTP could not send to a disconnected learner."""
    if not isinstance(context.get("exception"), ConnectionError):
        return False
    task = context.get("future")
    coroutine = task.get_coro() if isinstance(task, asyncio.Task) else None
    return getattr(coroutine, "__qualname__", "").startswith(TRANSPORT)
