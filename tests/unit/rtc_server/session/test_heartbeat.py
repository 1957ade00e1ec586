"""How long a learner may take to connect, and what ends their session before that."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.config import Config
from rtc_server.session import heartbeat
from rtc_server.session.heartbeat import Heartbeat

NEVER_S = 300.0  # longer than any test


class FakePeer:
    def __init__(self, *, checked: bool, opens: bool | None) -> None:
        """:param opens: whether the channels open, or the connection fails; None: neither."""
        self.checked = asyncio.Event()
        if checked:
            self.checked.set()
        self._opens = opens

    async def wait_until_open(self) -> bool:
        if self._opens is None:
            await asyncio.Event().wait()
        return bool(self._opens)


async def end_reason(peer: FakePeer, *, first_check_s: float, connect_s: float) -> str:
    ended: list[str] = []
    anything: Any = SimpleNamespace()
    player: Any = SimpleNamespace(now=lambda: 0.0)
    config = Config(first_check_timeout_s=first_check_s, connect_timeout_s=connect_s)
    playback: Any = SimpleNamespace(end=ended.append)
    connecting: Any = peer
    watching = Heartbeat(connecting, anything, playback, player, config, anything)
    async with asyncio.timeout(60):
        await watching.watch()
    (reason,) = ended
    return reason


@pytest.mark.parametrize(
    ("peer", "first_check_s", "connect_s"),
    [
        ({"checked": False, "opens": None}, 0.1, NEVER_S),  # no check comes
        ({"checked": False, "opens": None}, NEVER_S, 0.1),
        ({"checked": True, "opens": None}, 0.1, 0.1),  # a check, but no channels
        ({"checked": True, "opens": False}, NEVER_S, NEVER_S),  # the connection fails
    ],
)
async def test_a_learner_who_does_not_connect_in_time_never_connected(
    peer: dict[str, Any], first_check_s: float, connect_s: float
) -> None:
    reason = await end_reason(FakePeer(**peer), first_check_s=first_check_s, connect_s=connect_s)
    assert reason == "never connected"


@pytest.mark.parametrize(("restarts_at_s", "vanished_at_s"), [(None, 8.0), (7.0, 15.0)])
async def test_a_learner_who_restarts_ice_gets_the_time_anew(
    monkeypatch: pytest.MonkeyPatch, restarts_at_s: float | None, vanished_at_s: float
) -> None:
    monkeypatch.setattr(heartbeat, "CHECK_S", 0.0)
    now_s = 0.0
    ended: dict[str, float] = {}

    def check(_: object) -> bool:
        """Once in each check: a second passes."""
        nonlocal now_s
        now_s += 1.0
        if now_s == restarts_at_s:
            watching.on_restart()
        return False

    peer: Any = FakePeer(checked=True, opens=True)
    peer.disconnected, peer.refused, peer.packets_received = asyncio.Event(), 0, 0
    playback: Any = SimpleNamespace(
        end=lambda reason: ended.update({reason: now_s}), stop_waiting=lambda _: None, state="ready"
    )
    uplink: Any = SimpleNamespace(update_metrics=check)
    player: Any = SimpleNamespace(now=lambda: now_s)
    anything: Any = SimpleNamespace()
    watching = Heartbeat(peer, uplink, playback, player, Config(silence_timeout_s=8.0), anything)
    async with asyncio.timeout(60):
        await watching.watch()
    assert ended == {"vanished": vanished_at_s}
