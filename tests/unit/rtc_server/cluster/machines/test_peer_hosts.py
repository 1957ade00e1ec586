"""Hosts of other machines are found, followed and given up; several fronts know all sessions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from rtc_server.cluster import directory as directory_module
from rtc_server.cluster.directory import ClusterDirectory
from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.handle import HostHandle, HostRuntime, HostSpec, Machine
from rtc_server.cluster.machines import peer_hosts
from rtc_server.cluster.reports import DrainWish
from rtc_server.cluster.session_ids import make_session_id, parse_host_name
from rtc_server.config import Config
from rtc_server.errors import UnknownSession
from rtc_server.metrics import Metrics
from tests.unit.rtc_server.cluster.classes.recordings.fake_maker import FakeLessonMaker
from tests.unit.rtc_server.cluster.fake_hosts import FakeHistory, FakeHost, FakeHosts, kept
from tests.unit.rtc_server.cluster.test_directory import ask, invited
from tests.unit.rtc_server.sample_results import make_result
from tests.waiting import wait_until

OTHER = Machine("dance-2", "10.0.0.2", "m2")


class Finder:
    """Ray's list of the hosts of all machines."""

    def __init__(self) -> None:
        self.hosts: dict[str, FakeHost] = {}
        self.is_head_gone = False

    async def list_names(self) -> list[str]:
        if self.is_head_gone:
            raise HostLost("the machine that leads does not answer")
        return ["m1w1", "somebody", *self.hosts]

    async def find(self, name: str) -> HostHandle:
        if name not in self.hosts:
            raise HostLost(name)
        return self.hosts[name]


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class OneFront:
    """The front of machine 1, which has a host, and a host on machine 2."""

    def __init__(self, sessions: ClusterDirectory, own: FakeHosts, finder: Finder) -> None:
        self.sessions, self.finder, self.own = sessions, finder, own
        self.peer = finder.hosts["m2w1"]
        self.clock = Clock()
        self.history = FakeHistory()

    def states(self) -> dict[str, str]:
        return {host.name: host.state for host in self.sessions.pool}

    async def hear(self) -> None:
        """Take a report of the other machine's host."""
        await self.peer.let_report()


@asynccontextmanager
async def serving() -> AsyncIterator[OneFront]:
    own, finder, history, clock = FakeHosts(), Finder(), FakeHistory(), Clock()
    finder.hosts["m2w1"] = FakeHost(HostSpec("m2w1", Config(), OTHER))
    runtime = HostRuntime(own.launch, Machine("dance-1", "10.0.0.1", "m1"), finder)
    config = Config(workers=1)
    sessions = ClusterDirectory(config, runtime, Metrics(), history, clock, FakeLessonMaker())
    async with sessions:
        front = OneFront(sessions, own, finder)
        front.clock, front.history = clock, history
        await wait_until(lambda: front.states().get("m1w1") == "ready")
        await wait_until(lambda: "m2w1" in front.states())
        await front.hear()
        try:
            yield front
        finally:
            own.let_end(sessions.pool)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory_module, "check_offer", lambda *_: None)
    monkeypatch.setattr(peer_hosts, "LOOK_S", 0.0)


def order_elsewhere(front: OneFront, **fields: Any) -> str:
    """A session that machine 2's front has opened on its host."""
    from rtc_server.cluster.orders import make_order

    order = make_order("m2w1", ask(**fields), "offer", None)
    front.peer.orders[order.session] = order
    return order.session


async def test_a_learner_gets_a_place_on_another_machine() -> None:
    async with serving() as front:
        assert front.states() == {"m1w1": "ready", "m2w1": "ready"}
        opened = [(await front.sessions.open(ask(), "offer"))[0] for _ in range(2)]
        assert sorted(str(parse_host_name(each.id)) for each in opened) == ["m1w1", "m2w1"]
        hosts: Any = front.sessions.describe()["hosts"]
        assert [host["machine"] for host in hosts] == ["dance-1 (10.0.0.1)", "dance-2 (10.0.0.2)"]


async def test_any_front_finds_a_session_and_only_for_its_learner() -> None:
    async with serving() as front:
        id = order_elsewhere(front, invitation=invited("ann"), learner="Ann")
        await front.hear()
        session = front.sessions.find(id, "ann")
        assert session.learner == "Ann" and await session.fetch_description() == {"id": id}
        with pytest.raises(UnknownSession):
            front.sessions.find(id, "ben")
        front.sessions.end_uninvited(lambda _: False)
        await wait_until(lambda: front.peer.ended == [(id, "revoked")])


async def test_a_machine_that_is_silent_loses_its_learners_to_another() -> None:
    """Nothing answers, and Ray does not know it yet."""
    async with serving() as front:
        id = order_elsewhere(front)
        front.peer.resumable[id] = kept(id)
        await front.hear()
        front.clock.now_s += 3.1
        with pytest.raises(UnknownSession, match="whose host is gone"):
            await front.sessions.find(id).fetch_description()
        await front.own.started[0].let_report()
        again, _ = await front.sessions.open(ask(), "offer", id)
        assert parse_host_name(again.id) == "m1w1"
        order = front.own.started[0].orders[again.id]
        assert order.kept is not None and order.kept.session == id


async def test_a_question_that_nobody_answers_ends_when_the_host_is_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as front:
        id = order_elsewhere(front)
        await front.hear()
        never: asyncio.Future[dict[str, object]] = asyncio.get_running_loop().create_future()

        async def describe(_: str) -> dict[str, object]:
            front.clock.now_s += 3.0 - 0.01
            return await never

        monkeypatch.setattr(front.peer, "describe", describe)
        asking = asyncio.create_task(front.sessions.find(id).fetch_description())
        await wait_until(lambda: front.clock.now_s > 1000.0)
        front.clock.now_s += 1.0
        with pytest.raises(UnknownSession):
            await asking


async def test_what_another_front_went_on_with_is_not_gone_on_with_twice() -> None:
    async with serving() as front:
        id = order_elsewhere(front)
        front.peer.resumable[id] = kept(id)
        await front.hear()
        front.peer.orders.clear()
        front.peer.resumable.clear()
        from rtc_server.cluster.orders import make_order

        order = make_order("m2w1", ask(), "offer", kept(id))
        front.peer.orders[order.session] = order
        front.peer.resumable[order.session] = kept(order.session, samples=9)
        await front.hear()
        again, _ = await front.sessions.open(ask(), "offer", id)  # has not heard of the new id
        taken = (front.own.started[0].orders | front.peer.orders)[again.id]
        assert taken.kept is not None and taken.kept.samples == 9


async def test_the_front_of_a_hosts_machine_keeps_its_results() -> None:
    async with serving() as front:
        id = make_session_id("m2w1")
        front.peer.results[1] = make_result(1, session=id)
        await front.hear()
        assert (await front.sessions.result(id)).session == id
        assert front.history.saved == []


async def test_a_name_that_is_deleted_at_another_front_is_deleted_here() -> None:
    async with serving() as front:
        lost = kept(make_session_id("m3w1"), learner="Ann")
        front.sessions._attempts.leave(lost)
        front.peer.removed_names.append(("Ann", None))
        await front.hear()
        assert front.sessions._attempts.get(lost.session, None).learner is None


async def test_a_host_of_another_machine_is_drained_by_its_own_front() -> None:
    async with serving() as front:
        host = await front.sessions.pool.request_drain("m2w1", is_replaced=True)
        assert host.name == "m2w1" and front.peer.drain_wish == DrainWish(True)
        own = front.own.started[0]
        own.drain_wish = DrainWish(False)
        await own.let_report()
        await wait_until(lambda: front.states()["m1w1"] == "draining")
        front.peer.state = "draining"
        await front.hear()
        assert front.states()["m2w1"] == "draining"


async def test_without_the_head_those_that_are_known_go_on() -> None:
    async with serving() as front:
        front.finder.is_head_gone = True
        await front.hear()
        await front.hear()
        assert front.states() == {"m1w1": "ready", "m2w1": "ready"}


async def test_a_host_that_died_is_found_again_when_it_is_there_again() -> None:
    async with serving() as front:
        del front.finder.hosts["m2w1"]
        front.peer.die()
        await wait_until(lambda: "m2w1" not in front.states())
        front.peer = front.finder.hosts["m2w1"] = FakeHost(HostSpec("m2w1", Config(), OTHER))
        await wait_until(lambda: "m2w1" in front.states())


async def test_a_server_that_stops_leaves_the_other_machines_sessions_alone() -> None:
    async with serving() as front:
        id = order_elsewhere(front)
        await front.hear()
        await front.sessions.drain("server stopping")
        assert id in front.peer.orders and not front.peer.is_killed
