"""Moments at which packets are sent: the same for all sessions, so that they share their timers.

A timer of asyncio costs as much as a packet. Packets leave at the next multiple of SEND_STEP_S of
the event loop's time; audio, which is due every 20 ms, remains as regular as it is.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from weakref import WeakKeyDictionary

SEND_STEP_S = 0.004
ROUNDING = 1e-5  # of a step


class SendClock:
    """The moments of one event loop for which somebody waits, each with one timer."""

    def __init__(self, running_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
        """:param running_loop: called for each timer; a clock does not keep its loop alive."""
        self._running_loop = running_loop
        self._waiting: dict[int, list[Callable[[int], None]]] = {}  # by moment

    def call_at(self, when_s: float, callback: Callable[[int], None]) -> int:
        """Call back at the first moment after `when_s`, with its number, which is returned.

        After it, not at it: rounding must not make it come before.
        """
        moment = math.floor(when_s / SEND_STEP_S + ROUNDING) + 1
        if (waiting := self._waiting.get(moment)) is None:
            waiting = self._waiting[moment] = []
            self._running_loop().call_at(moment * SEND_STEP_S, self._run, moment)
        waiting.append(callback)
        return moment

    def _run(self, moment: int) -> None:
        for callback in self._waiting.pop(moment):
            try:
                callback(moment)
            except Exception as error:  # of one session; others wait for the same moment
                self._running_loop().call_exception_handler(
                    {"message": "a packet could not be sent", "exception": error}
                )


CLOCKS: WeakKeyDictionary[asyncio.AbstractEventLoop, SendClock] = WeakKeyDictionary()


def find_send_clock() -> SendClock:
    """The clock of the running event loop."""
    loop = asyncio.get_running_loop()
    if (clock := CLOCKS.get(loop)) is None:
        clock = CLOCKS[loop] = SendClock(asyncio.get_running_loop)
    return clock
