"""Counts failures in aiortc's and aioice's own tasks, which nobody awaits.

asyncio would log a traceback for each. What comes from outside must not fill the log: a failure to
send to a learner who is gone is counted, and any other is counted and logged in one line (of each
place in the code one a minute: rtc_server/repeated_lines.py). Failures of this project's own tasks
are logged as usual.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import Any

from rtc_server.metrics import Metrics

logger = logging.getLogger(__name__)

TRANSPORT = "RTCSctpTransport."
LIBRARIES = {"aioice", "aiortc"}
MAX_DETAIL = 60  # characters of an error's text


def count_failures(loop: asyncio.AbstractEventLoop, metrics: Metrics) -> None:
    """Have the loop count failures in tasks and callbacks of aiortc and aioice."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if is_send_failure(context):
            metrics.messages_unsent.inc()
        elif error is not None and is_of_library(error):
            metrics.aiortc_failures.labels(error=type(error).__name__).inc()
            log_failure(error)
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


def is_of_library(error: BaseException) -> bool:
    """Whether the error passed through aiortc or aioice."""
    return any(
        frame.f_globals.get("__name__", "").partition(".")[0] in LIBRARIES
        for frame, _ in traceback.walk_tb(error.__traceback__)
    )


def log_failure(error: BaseException) -> None:
    """Log it in one line, in which the place is fixed text: lines of other places are not alike."""
    line = f"aiortc failed at {find_place(error)}: %s: %.{MAX_DETAIL}s"
    logger.warning(line, type(error).__name__, error)


def find_place(error: BaseException) -> str:
    """The module and the line where the error was raised."""
    place = "an unknown place"
    for frame, line in traceback.walk_tb(error.__traceback__):
        place = f"{frame.f_globals.get('__name__', '?')}:{line}"
    return place
