"""Hosts are started one at a time, watched, drained and replaced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.cluster import pool as pool_module
from rtc_server.cluster.errors import HostLost, LastHost, UnknownHost
from rtc_server.cluster.handle import HostRuntime
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.pool import HostPool
from rtc_server.config import Config
from rtc_server.errors import NotReady, ServerFull
from rtc_server.metrics import Metrics
from tests.unit.rtc_server.cluster.fake_hosts import FakeHosts
from tests.waiting import wait_until

SECRETS = {"token": "a token that nobody guesses", "turn_secret": "t", "history": "postgresql://x"}


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@asynccontextmanager
async def keeping(
    hosts: FakeHosts, workers: int = 2, clock: Clock | None = None, **settings: object
) -> AsyncIterator[tuple[HostPool, list[HostRecord]]]:
    """A pool, and the hosts that are gone."""
    gone: list[HostRecord] = []
    config = Config(workers=workers, **settings)  # type: ignore[arg-type]
    pool = HostPool(
        *(config, HostRuntime(hosts.launch), Metrics(), clock or Clock()),
        lambda *_: None,
        gone.append,
    )
    async with pool:
        try:
            yield pool, gone
        finally:
            hosts.let_end(pool)


def make_any_order(host: str) -> Any:
    return SimpleNamespace(session=f"a.{host}", learner=None, dancers=None, kept=None)


def states(pool: HostPool) -> dict[str, str]:
    return {host.name: host.state for host in pool}


async def test_one_host_is_started_after_the_other() -> None:
    """Each measures at its start what the machine has time for."""
    hosts = FakeHosts()
    hosts.may_start.clear()
    async with keeping(hosts) as (pool, _):
        await hosts.is_starting.wait()
        assert states(pool) == {"w1": "starting"}
        hosts.may_start.set()
        await pool.started
        await wait_until(lambda: states(pool) == {"w1": "ready", "w2": "ready"})
    assert all(host.is_stopped and host.is_killed for host in hosts.started)


async def test_a_host_knows_no_secret_and_has_a_port_of_its_own() -> None:
    hosts = FakeHosts()
    turn = {"turn": ("turn:turn.example",)}
    async with keeping(hosts, udp_port=50000, max_sessions_per_address=3, **SECRETS, **turn) as (
        pool,
        _,
    ):
        await wait_until(lambda: len(hosts.started) == 2)
        await pool.started
    for host in hosts.started:
        config = host.spec.config
        assert (config.token, config.turn_secret, config.turn, config.history) == ("", "", (), "")
        assert (config.workers, config.max_sessions_per_address) == (0, 0)
    assert [host.spec.config.udp_port for host in hosts.started] == [50000, 50001]


async def test_a_host_that_dies_is_replaced_by_one_with_another_name_and_its_port() -> None:
    hosts = FakeHosts()
    async with keeping(hosts, udp_port=50000) as (pool, gone):
        await wait_until(lambda: len(hosts.started) == 2)
        hosts.started[0].die()
        await wait_until(lambda: states(pool) == {"w2": "ready", "w3": "ready"})
        assert [host.name for host in gone] == ["w1"]
        assert hosts.started[2].spec.config.udp_port == 50000
        assert hosts.started[0].is_killed


async def test_the_first_host_that_does_not_start_is_the_reason_why_the_server_does_not() -> None:
    hosts = FakeHosts()
    hosts.failures.append(HostLost("host w1 did not start: no weights"))
    async with keeping(hosts) as (pool, _):
        with pytest.raises(HostLost, match="no weights"):
            await pool.started
        assert states(pool) == {}


async def test_a_later_host_that_does_not_start_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool_module, "PAUSES_S", (0.0,))
    hosts = FakeHosts()
    async with keeping(hosts, workers=1) as (pool, _):
        await pool.started
        hosts.failures += [HostLost("no memory"), HostLost("no memory")]
        hosts.started[0].die()
        await wait_until(lambda: "ready" in states(pool).values() and len(hosts.started) == 2)
        assert hosts.failures == []


async def test_a_host_that_drains_ends_with_its_last_session() -> None:
    hosts = FakeHosts()
    async with keeping(hosts) as (pool, gone):
        await wait_until(lambda: states(pool) == {"w1": "ready", "w2": "ready"})
        first = hosts.started[0]
        first.orders["a.w1"] = None  # type: ignore[assignment]
        pool.drain("w1", is_replaced=False)
        await first.let_report()
        assert states(pool) == {"w1": "draining", "w2": "ready"} and not first.is_stopped
        first.orders.clear()
        first._reports.put_nowait(None)
        await wait_until(lambda: states(pool) == {"w2": "ready"})
        assert first.is_stopped and [host.name for host in gone] == ["w1"]
        assert len(hosts.started) == 2 and pool.wanted == 1


async def test_a_host_that_is_asked_for_a_session_does_not_end_before_it_has_answered() -> None:
    hosts = FakeHosts()
    async with keeping(hosts) as (pool, _):
        await wait_until(lambda: states(pool) == {"w1": "ready", "w2": "ready"})
        pool.find("w1").opening += 1
        pool.drain("w1", is_replaced=False)
        await hosts.started[0].let_report()
        assert states(pool)["w1"] == "draining"
        pool.find("w1").opening -= 1
        hosts.started[0]._reports.put_nowait(None)
        await wait_until(lambda: states(pool) == {"w2": "ready"})


async def test_a_host_takes_learners_until_another_has_taken_its_place() -> None:
    hosts = FakeHosts()
    async with keeping(hosts, workers=1) as (pool, _):
        await pool.started
        hosts.may_start.clear()
        hosts.is_starting.clear()
        pool.drain("w1", is_replaced=True)
        await hosts.is_starting.wait()
        assert states(pool) == {"w1": "ready", "w2": "starting"}
        hosts.may_start.set()
        await wait_until(lambda: states(pool) == {"w1": "draining", "w2": "ready"})


async def test_the_last_host_is_not_drained_without_another() -> None:
    hosts = FakeHosts()
    async with keeping(hosts, workers=1) as (pool, _):
        await pool.started
        with pytest.raises(LastHost, match="beside w1, there is none"):
            pool.drain("w1", is_replaced=False)
        with pytest.raises(UnknownHost, match=r"\(w1\), got 'w9'"):
            pool.drain("w9", is_replaced=True)
        assert states(pool) == {"w1": "ready"}


async def test_an_order_goes_to_the_next_host_where_one_dies_or_is_full() -> None:
    hosts = FakeHosts()
    async with keeping(hosts, workers=3) as (pool, _):
        await wait_until(lambda: len(hosts.started) == 3)
        await wait_until(lambda: set(states(pool).values()) == {"ready"})
        hosts.started[0].refusal = HostLost("dead")
        hosts.started[1].refusal = ServerFull("full")
        host, order, _ = await pool.place(make_any_order)
        assert (host.name, order.session) == ("w3", "a.w3")
        hosts.started[2].refusal = HostLost("dead")
        with pytest.raises(ServerFull, match="full"):
            await pool.place(make_any_order)


async def test_without_a_fresh_report_the_server_is_neither_ready_nor_well() -> None:
    hosts, clock = FakeHosts(), Clock()
    async with keeping(hosts, workers=1, clock=clock) as (pool, _):
        await pool.started
        await hosts.started[0].let_report()
        pool.require_host()
        assert pool.find_problem() is None
        clock.now_s += 3.0
        with pytest.raises(NotReady):
            pool.require_host()
        assert pool.find_problem() == "no session host reports"


async def test_metrics_of_a_host_that_does_not_answer_are_left_out() -> None:
    hosts = FakeHosts()
    async with keeping(hosts) as (pool, _):
        await wait_until(lambda: states(pool) == {"w1": "ready", "w2": "ready"})
        hosts.started[0].refusal = HostLost("dead")
        text = await pool.metrics_text("# HELP n N\n# TYPE n gauge\nn 2.0\n")
    assert [line for line in text.splitlines() if line[0] != "#"] == [
        'n{host="front"} 2.0',
        'n{host="w2"} 1.0',
    ]


async def test_a_pool_ends_while_a_host_is_being_started() -> None:
    hosts = FakeHosts()
    hosts.may_start.clear()
    async with asyncio.timeout(5), keeping(hosts) as (pool, _):
        await hosts.is_starting.wait()
    assert states(pool) == {}
