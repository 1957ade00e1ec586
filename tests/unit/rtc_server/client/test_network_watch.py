"""When a headless learner restarts ICE, and when it gives up."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from rtc_server.client import network_watch
from rtc_server.client.network_watch import NetworkWatch


class FakeNetwork:
    """Time passes with each check; packets come until `breaks_s`, and after a restart."""

    def __init__(self, breaks_s: float, *outcomes: Exception | None, stalls_s: float = 0.0) -> None:
        """:param stalls_s: for how long this process stands still now and then."""
        self.now_s = 0.0
        self.packets = 0
        self.tried_s: list[float] = []
        self.restarted = 0
        self.is_session_gone = False
        self._breaks_s = breaks_s
        self._stalls_s, self._checks = stalls_s, 0
        self._outcomes = [*outcomes]

    def now(self) -> float:
        return self.now_s

    def count_packets(self) -> int:
        self.now_s += network_watch.CHECK_S
        self._checks += 1
        if self._stalls_s and self._checks % 50 == 0:
            self.now_s += self._stalls_s  # packets come meanwhile, but are not read yet
        elif self.now_s < self._breaks_s:
            self.packets += 1
        if self.now_s > 60:
            raise asyncio.CancelledError
        return self.packets

    async def restart(self, _: object) -> None:
        self.tried_s.append(self.now_s)
        outcome = self._outcomes.pop(0)
        if outcome is not None:
            raise outcome
        self._breaks_s = 1e9

    def on_restarted(self) -> None:
        self.restarted += 1

    def on_session_gone(self) -> None:
        self.is_session_gone = True


class FakeSuccessor:
    async def close(self) -> None: ...


async def follow(monkeypatch: pytest.MonkeyPatch, network: FakeNetwork) -> bool:
    """Whether the watch ends by itself."""
    monkeypatch.setattr(network_watch, "IceSuccessor", lambda _: FakeSuccessor())
    monkeypatch.setattr(network_watch, "ice_transports", lambda _: {None})
    monkeypatch.setattr(network_watch.asyncio, "sleep", _pass)
    anything: Any = None
    watch = NetworkWatch(
        *(anything, "http://server/api/sessions/1", network.count_packets, network.now),
        on_restarted=network.on_restarted,
        on_session_gone=network.on_session_gone,
    )
    monkeypatch.setattr(watch, "_restart", network.restart)
    try:
        await watch.run()
    except asyncio.CancelledError:
        return False
    return True


async def _pass(_: float) -> None:
    """No time passes but that of the fake."""


def refusal(status: int) -> aiohttp.ClientResponseError:
    request: Any = None
    return aiohttp.ClientResponseError(request, (), status=status)


async def test_nothing_is_done_while_packets_come(monkeypatch: pytest.MonkeyPatch) -> None:
    network = FakeNetwork(1e9)
    assert not await follow(monkeypatch, network)
    assert network.tried_s == []


async def test_a_process_that_stood_still_does_not_blame_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = FakeNetwork(1e9, stalls_s=3.0)
    assert not await follow(monkeypatch, network)
    assert network.tried_s == []


async def test_silence_of_a_second_and_more_restarts_ice(monkeypatch: pytest.MonkeyPatch) -> None:
    network = FakeNetwork(10.0, None)
    assert not await follow(monkeypatch, network)
    assert network.restarted == 1
    (tried_s,) = network.tried_s
    assert tried_s == pytest.approx(10.0 + network_watch.SILENCE_S, abs=network_watch.CHECK_S)


async def test_a_try_without_a_network_is_repeated_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    network = FakeNetwork(10.0, aiohttp.ClientConnectionError(), ConnectionError(), None)
    assert not await follow(monkeypatch, network)
    first, second, third = network.tried_s
    longest_s = network_watch.RETRY_S + 3 * network_watch.CHECK_S
    assert all(network_watch.RETRY_S <= s < longest_s for s in (second - first, third - second))
    assert network.restarted == 1


@pytest.mark.parametrize(("status", "ends"), [(404, True), (422, True), (429, False), (501, False)])
async def test_a_server_that_refuses_is_not_asked_again(
    monkeypatch: pytest.MonkeyPatch, status: int, ends: bool
) -> None:
    network = FakeNetwork(10.0, refusal(status), None)
    assert await follow(monkeypatch, network) == ends
    assert len(network.tried_s) == (1 if ends else 2)


@pytest.mark.parametrize(("status", "is_gone"), [(404, True), (422, False), (503, False)])
async def test_a_session_that_the_server_does_not_know_is_gone(
    monkeypatch: pytest.MonkeyPatch, status: int, is_gone: bool
) -> None:
    """So a learner whose host has died need not wait until messages are missed."""
    network = FakeNetwork(10.0, refusal(status), None)
    await follow(monkeypatch, network)
    assert network.is_session_gone == is_gone
