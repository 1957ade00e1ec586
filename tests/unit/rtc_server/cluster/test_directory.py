"""The front opens, finds, continues and ends sessions that run on hosts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.cluster import directory as directory_module
from rtc_server.cluster.directory import ClusterDirectory
from rtc_server.cluster.handle import HostRuntime
from rtc_server.cluster.reports import HostCost, HostLoad
from rtc_server.cluster.session_ids import parse_host_name
from rtc_server.config import Config
from rtc_server.errors import (
    OtherLesson,
    ServerFull,
    ServerStopping,
    TooManyFromAddress,
    UnfitOffer,
    UnknownSession,
)
from rtc_server.metrics import Metrics
from rtc_server.session.dancers import cost_of
from rtc_server.session.places.capacity import CostEstimate
from rtc_server.session.session_request import SessionRequest
from tests.unit.rtc_server.cluster.classes.recordings.fake_maker import FakeLessonMaker
from tests.unit.rtc_server.cluster.fake_hosts import FakeHistory, FakeHost, FakeHosts, kept
from tests.unit.rtc_server.sample_results import make_result
from tests.waiting import wait_until

ESTIMATE = CostEstimate(cores=2.0, look_s=0.020, python_s=0.002, pose_fps=5.0)
LESSON: Any = SimpleNamespace(id="demo", source_sha256="5")
NO_REFERENCE: Any = None


def ask(lesson: Any = LESSON, **fields: Any) -> SessionRequest:
    return SessionRequest(lesson, NO_REFERENCE, "auto", False, **fields)


def invited(learner: str) -> Any:
    return SimpleNamespace(learner=learner, role="learner")


class Front:
    """A directory with two hosts."""

    def __init__(self, sessions: ClusterDirectory, hosts: FakeHosts, history: FakeHistory) -> None:
        self.sessions = sessions
        self.hosts = hosts
        self.history = history

    def host_of(self, session: str) -> FakeHost:
        name = parse_host_name(session)
        return next(host for host in self.hosts.started if host.spec.name == name)

    async def kill(self, host: FakeHost) -> None:
        host.die()
        await wait_until(lambda: host.is_killed)


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[Front]:
    hosts, history = FakeHosts(), FakeHistory()
    config = Config(workers=2, **settings)
    sessions = ClusterDirectory(
        config, HostRuntime(hosts.launch), Metrics(), history, lambda: 1000.0, FakeLessonMaker()
    )
    async with sessions:
        await wait_until(lambda: len(hosts.started) == 2)
        await wait_until(lambda: all(host.state == "ready" for host in sessions.pool))
        try:
            yield Front(sessions, hosts, history)
        finally:
            hosts.let_end(sessions.pool)


@pytest.fixture(autouse=True)
def any_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(sdp: str, _: str) -> None:
        if sdp != "offer":
            raise UnfitOffer(sdp)

    monkeypatch.setattr(directory_module, "check_offer", check)


async def test_learners_are_spread_over_the_hosts() -> None:
    async with serving() as front:
        opened = [(await front.sessions.open(ask(), "offer"))[0] for _ in range(4)]
        names = [parse_host_name(session.id) for session in opened]
        assert sorted(names) == ["w1", "w1", "w2", "w2"]
        assert await opened[0].fetch_description() == {"id": opened[0].id}
        assert (opened[0].ice_tag, opened[0].learner) == ('"tag"', None)


async def test_places_count_over_all_hosts_and_are_free_when_sessions_have_ended() -> None:
    async with serving(max_sessions=3, max_sessions_per_address=2) as front:
        addresses = ("10.0.0.1", "10.0.0.1", "10.0.0.2")
        one, *_ = [
            (await front.sessions.open(ask(counted_as=address), "offer"))[0]
            for address in addresses
        ]
        for host in front.hosts.started:  # all have connected
            await host.let_report()
        with pytest.raises(TooManyFromAddress):
            await front.sessions.open(ask(counted_as="10.0.0.1"), "offer")
        with pytest.raises(ServerFull):
            await front.sessions.open(ask(counted_as="10.0.0.3"), "offer")
        host = front.host_of(one.id)
        host.orders.clear()
        for _ in range(2):  # the first report may have been under way when it was opened
            await host.let_report()
        await front.sessions.open(ask(counted_as="10.0.0.3"), "offer")


async def test_two_hosts_take_no_more_than_their_machine_has_time_for() -> None:
    """One more than fits gets 503, and hears when a lesson ends."""
    async with serving() as front:
        fits = ESTIMATE.count_places()
        for host in front.hosts.started:
            host.cost = HostCost(ESTIMATE, 0.0, 0.0, 0.0, learners=0, delay_s=0.0)
            host.load = HostLoad(0.0, 0, None, remaining_s=40.0)
            await host.let_report()
        assert front.sessions.describe()["places"] == fits
        for k in range(fits):  # at once: no report knows of them yet
            await front.sessions.open(ask(counted_as=f"10.0.0.{k}"), "offer")
        for host in front.hosts.started:
            await host.let_report()
        with pytest.raises(ServerFull, match=f"all {fits} places") as refused:
            await front.sessions.open(ask(counted_as="10.0.1.1"), "offer")
        assert refused.value.retry_after_s == 43
        learners = sorted(len(host.orders) for host in front.hosts.started)
        assert learners == [fits // 2, fits - fits // 2]


async def test_a_learner_goes_to_no_host_whose_interpreter_is_busy() -> None:
    """On a machine with processors for more."""
    async with serving() as front:
        estimate = replace(ESTIMATE, cores=64.0)
        first, second = front.hosts.started
        for host in (first, second):
            host.cost = HostCost(estimate, 0.0, 0.0, 0.0, learners=0, delay_s=0.0)
        first.load, second.load = HostLoad(0.0, 0, None), HostLoad(60.0, 0, None)
        one = estimate.count_process_places()
        for k in range(one + 1):
            for host in (first, second):
                await host.let_report()  # so that the first always seems to have more time
            await front.sessions.open(ask(counted_as=f"10.0.0.{k}"), "offer")
        assert [len(first.orders), len(second.orders)] == [one, 1]


async def test_several_dancers_take_places_of_a_host_by_what_they_cost() -> None:
    async with serving() as front:
        estimate = replace(ESTIMATE, cores=64.0)
        for host in front.hosts.started:
            host.cost = HostCost(estimate, 0.0, 0.0, 0.0, learners=0, delay_s=0.0)
            host.load = HostLoad(0.0, 0, None)
            await host.let_report()
        fits = 0
        with suppress(ServerFull):
            for fits in range(99):
                await front.sessions.open(ask(dancers=4, counted_as=f"10.0.0.{fits}"), "offer")
        assert fits == 2 * int(estimate.count_process_places() / cost_of(4))


async def test_a_bad_offer_reaches_no_host_and_ends_nobodys_session() -> None:
    async with serving() as front:
        session, _ = await front.sessions.open(ask(), "offer")
        with pytest.raises(UnfitOffer):
            await front.sessions.open(ask(), "nonsense", session.id)
        assert session.id in front.host_of(session.id).orders


async def test_a_session_is_found_by_its_learner_alone() -> None:
    async with serving() as front:
        session, _ = await front.sessions.open(ask(invitation=invited("ann")), "offer")
        assert front.sessions.find(session.id, "ann") is session
        assert front.sessions.find(session.id) is session  # a teacher
        for id, owner in ((session.id, "ben"), ("0" * 32, None)):
            with pytest.raises(UnknownSession):
                front.sessions.find(id, owner)


async def test_when_a_host_dies_its_sessions_are_gone_and_go_on_elsewhere() -> None:
    async with serving() as front:
        session, _ = await front.sessions.open(ask(learner="Ann"), "offer")
        dead = front.host_of(session.id)
        attempt = kept(session.id, learner="Ann")
        dead.resumable[session.id] = attempt
        await dead.let_report()
        await front.kill(dead)
        with pytest.raises(UnknownSession):
            front.sessions.find(session.id)
        with pytest.raises(UnknownSession, match="whose host is gone"):
            await session.fetch_description()
        again, _ = await front.sessions.open(ask(), "offer", session.id)
        order = front.host_of(again.id).orders[again.id]
        assert order.kept is attempt and again.learner == "Ann"
        assert front.host_of(again.id) is not dead


async def test_a_session_goes_on_once_and_by_each_of_its_ids() -> None:
    async with serving() as front:
        first, _ = await front.sessions.open(ask(), "offer")
        host = front.host_of(first.id)
        host.resumable[first.id] = kept(first.id)
        second, _ = await front.sessions.open(ask(), "offer", first.id)
        assert first.id not in host.orders
        host = front.host_of(second.id)
        host.resumable[second.id] = kept(second.id, samples=9)
        third, _ = await front.sessions.open(ask(), "offer", first.id)  # missed the answer
        order = front.host_of(third.id).orders[third.id]
        assert order.kept is not None and order.kept.samples == 9
        assert len(front.sessions) == 1


async def test_what_cannot_go_on_now_can_later() -> None:
    async with serving() as front:
        session, _ = await front.sessions.open(ask(), "offer")
        host = front.host_of(session.id)
        host.resumable[session.id] = kept(session.id)
        front_hosts = front.hosts.started
        opens = [each.open for each in front_hosts]

        async def refuse(_: object) -> Any:
            raise ServerFull("full")

        for each in front_hosts:
            each.open = refuse  # type: ignore[method-assign]
        with pytest.raises(ServerFull):
            await front.sessions.open(ask(), "offer", session.id)
        for each, open_ in zip(front_hosts, opens, strict=True):
            each.open = open_  # type: ignore[method-assign]
        again, _ = await front.sessions.open(ask(), "offer", session.id)
        order = front.host_of(again.id).orders[again.id]
        assert order.kept is not None and order.kept.session == session.id


async def test_nobody_goes_on_with_somebody_elses_or_in_another_lesson() -> None:
    other: Any = SimpleNamespace(id="other", source_sha256="6")
    async with serving() as front:
        session, _ = await front.sessions.open(ask(invitation=invited("ann")), "offer")
        host = front.host_of(session.id)
        host.resumable[session.id] = kept(session.id, owner="ann")
        for other_learner in (invited("ben"), None):  # None: the operator
            with pytest.raises(UnknownSession):
                await front.sessions.open(ask(invitation=other_learner), "offer", session.id)
        with pytest.raises(OtherLesson):
            await front.sessions.open(ask(other, invitation=invited("ann")), "offer", session.id)
        assert session.id in host.orders and host.ended == []
        with pytest.raises(UnknownSession):
            await front.sessions.open(ask(), "offer", "0" * 32)


async def test_a_result_is_kept_once_and_is_confirmed() -> None:
    async with serving() as front:
        session, _ = await front.sessions.open(ask(learner="Ann"), "offer")
        host, result = front.host_of(session.id), make_result(1, session=session.id)
        host.results[5] = result
        await host.let_report()
        await host.let_report()
        assert front.history.saved == [result] and host.confirmed == [5]
        assert await front.sessions.result(session.id) == result


async def test_a_name_is_deleted_everywhere() -> None:
    async with serving() as front:
        session, _ = await front.sessions.open(ask(learner="Ann"), "offer")
        host = front.host_of(session.id)
        host.results[1] = make_result(1, session="an older one")
        await host.let_report()
        await front.sessions.delete_learner("Ann")
        assert [each.names_removed for each in front.hosts.started] == [["Ann"], ["Ann"]]
        assert session.learner is None and front.history.deleted == ["Ann"]
        with pytest.raises(UnknownSession):
            await front.sessions.result("an older one")


async def test_sessions_of_a_revoked_invitation_end() -> None:
    async with serving() as front:
        session, _ = await front.sessions.open(ask(invitation=invited("ann")), "offer")
        front.sessions.end_uninvited(lambda invitation: invitation.learner != "ann")
        host = front.host_of(session.id)
        await wait_until(lambda: host.ended == [(session.id, "revoked")])


async def test_a_server_that_stops_ends_all_and_opens_none() -> None:
    async with serving() as front:
        opened = [(await front.sessions.open(ask(), "offer"))[0] for _ in range(2)]
        await front.sessions.drain("server stopping")
        ended = [each for host in front.hosts.started for each in host.ended]
        assert sorted(ended) == sorted((one.id, "server stopping") for one in opened)
        with pytest.raises(ServerStopping):
            await front.sessions.open(ask(), "offer")
