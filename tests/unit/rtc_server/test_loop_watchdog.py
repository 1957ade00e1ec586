"""When the event loop counts as standing still, and for how long that is remembered."""

import asyncio
import threading

import pytest

from rtc_server import loop_watchdog
from rtc_server.loop_watchdog import REMEMBERED_S, STALL_S, LoopWatchdog, watching
from rtc_server.metrics import Metrics


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watchdog(clock: Clock) -> LoopWatchdog:
    return LoopWatchdog(Metrics(), clock)


def test_a_loop_that_beats_is_healthy(watchdog: LoopWatchdog, clock: Clock) -> None:
    for _ in range(9):
        clock.now_s += STALL_S - 1
        assert not watchdog.look()
        watchdog.beat()
    assert watchdog.why_unhealthy() is None


def test_a_stall_is_seen_while_it_lasts_and_for_a_while_after(
    watchdog: LoopWatchdog, clock: Clock
) -> None:
    clock.now_s += STALL_S
    assert watchdog.look()
    clock.now_s += 5
    assert not watchdog.look()  # it was told already
    watchdog.beat()
    clock.now_s += 7
    watchdog.beat()
    assert watchdog.why_unhealthy() == "the event loop stood still for 15 s, 7 s ago"
    for _ in range(4):
        clock.now_s += REMEMBERED_S / 4
        watchdog.beat()
    assert watchdog.why_unhealthy() is None
    assert b"tandem_event_loop_stalls_total 1.0" in watchdog._metrics.text()


def test_a_stall_is_seen_without_the_thread_too(watchdog: LoopWatchdog, clock: Clock) -> None:
    """Code that holds Python's lock stops the thread as well as the loop."""
    clock.now_s += 60
    watchdog.beat()
    assert watchdog.why_unhealthy() == "the event loop stood still for 60 s, 0 s ago"


async def test_the_thread_says_where_the_loop_stands(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[object, ...]] = []
    monkeypatch.setattr(loop_watchdog, "INTERVAL_S", 0.001)
    monkeypatch.setattr(loop_watchdog.logger, "error", lambda *parts: said.append(parts))
    watchdog = LoopWatchdog(Metrics(), clock)
    async with watching(watchdog):
        await asyncio.sleep(0)
        clock.now_s += STALL_S
        while not said:
            threading.Event().wait(0.001)  # the loop stands here
    assert "test_the_thread_says_where_the_loop_stands" in str(said[0][-1])
