"""Moments that sessions share; the event loop's timers are only noted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from rtc_server.webrtc.rtp.send_clock import SEND_STEP_S, SendClock, find_send_clock


class NotedLoop:
    def __init__(self) -> None:
        self.timers: list[tuple[float, Callable[[int], None], int]] = []
        self.errors: list[Any] = []
        self.call_exception_handler = self.errors.append

    def call_at(self, when_s: float, callback: Callable[[int], None], moment: int) -> None:
        self.timers.append((when_s, callback, moment))

    def run(self) -> None:
        for _, callback, moment in self.timers:
            callback(moment)
        self.timers.clear()


@pytest.fixture
def loop() -> NotedLoop:
    return NotedLoop()


@pytest.fixture
def clock(loop: NotedLoop) -> SendClock:
    return SendClock(lambda: loop)  # type: ignore[arg-type,return-value]


def test_a_packet_leaves_at_the_next_moment_and_never_early(
    clock: SendClock, loop: NotedLoop
) -> None:
    for when_s in (
        1000.0,
        1000.0001,
        1000.0039,
        1000.0041,
        2.5 / 3,
        *(9000 + k * 0.02 for k in range(999)),
    ):
        clock.call_at(when_s, lambda _: None)
        late_s = loop.timers[-1][0] - when_s
        assert 0 < late_s < SEND_STEP_S + 1e-6


def test_who_waits_for_the_same_moment_shares_a_timer(clock: SendClock, loop: NotedLoop) -> None:
    called: list[tuple[str, int]] = []
    moments = [
        clock.call_at(when_s, lambda moment, name=name: called.append((name, moment)))  # type: ignore[misc]
        for when_s, name in ((5.0011, "a"), (5.0029, "b"), (5.0059, "c"))
    ]
    assert moments[0] == moments[1] < moments[2]
    assert len(loop.timers) == 2
    loop.run()
    assert called == list(zip("abc", moments, strict=True))
    clock.call_at(5.0011, lambda _: None)
    assert len(loop.timers) == 1


def test_one_that_fails_keeps_nobody_from_sending(clock: SendClock, loop: NotedLoop) -> None:
    called: list[int] = []

    def fail(_: int) -> None:
        raise ValueError("of one session")

    for callback in (fail, called.append):
        clock.call_at(1.0, callback)
    loop.run()
    assert len(called) == 1
    assert [str(told["exception"]) for told in loop.errors] == ["of one session"]


async def test_an_event_loop_has_one_clock() -> None:
    assert find_send_clock() is find_send_clock()
    due = asyncio.get_running_loop().create_future()
    find_send_clock().call_at(asyncio.get_running_loop().time() + 0.001, due.set_result)
    async with asyncio.timeout(30):
        assert await due > 0
