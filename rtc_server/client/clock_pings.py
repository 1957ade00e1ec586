"""The `ping` messages of a headless learner: its clocks, and the round trip that it measures."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

FIRST_PINGS, FIRST_INTERVAL_S, INTERVAL_S = 8, 0.05, 2.0
MAX_CLOCK_READS = 5


class ClockPings:
    """Writes pings and reads pongs; keeps the least round trip."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._sent = 0
        self._rtt_ms: float | None = None
        self._last_pong: dict[str, float] = {}

    @property
    def interval_s(self) -> float:
        """The time until the next ping: short at first, so that the clocks are known soon."""
        return FIRST_INTERVAL_S if self._sent < FIRST_PINGS else INTERVAL_S

    def next_ping(self) -> dict[str, Any]:
        """A `ping` message to send now."""
        self._sent += 1
        t0_ms, wall_ms = read_clocks_ms(self._now)
        ping: dict[str, Any] = {"type": "ping", "t0_ms": t0_ms, "wall_ms": wall_ms}
        if self._rtt_ms is not None:
            ping["rtt_ms"] = round(self._rtt_ms, 2)
        return ping | self._last_pong

    def on_pong(self, pong: Mapping[str, Any]) -> None:
        """Measure the round trip, without the time that the server needed."""
        t3_ms = self._now() * 1000
        self._last_pong = {"t2_ms": pong["t2_ms"], "t3_ms": t3_ms}
        rtt_ms = t3_ms - pong["t0_ms"] - (pong["t2_ms"] - pong["t1_ms"])
        self._rtt_ms = rtt_ms if self._rtt_ms is None else min(self._rtt_ms, rtt_ms)


def read_clocks_ms(now: Callable[[], float]) -> tuple[float, float]:
    """The monotonic and the wall clock (Unix time) at one moment, within a tenth of a millisecond.

    The thread may be interrupted between two reads; then the clocks are read again.
    """
    for _ in range(MAX_CLOCK_READS):
        before_s, wall_s, after_s = now(), time.time(), now()
        if after_s - before_s < 1e-4:
            break
    return (before_s + after_s) * 500, wall_s * 1000
