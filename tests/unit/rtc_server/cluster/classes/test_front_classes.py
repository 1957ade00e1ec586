"""A front opens classes on hosts, and finds them by their codes."""

from __future__ import annotations

from typing import Any

import pytest

from rtc_server.classes import limits
from rtc_server.classes.directory import Arrival
from rtc_server.classes.errors import (
    ClassEnded,
    ClassesFull,
    ClassTokenNeeded,
    TooManyClasses,
    UnknownClass,
)
from rtc_server.cluster.classes import front_seats
from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.host_record import HostRecord
from rtc_server.cluster.session_ids import parse_host_name
from rtc_server.errors import NotReady, ServerFull, UnfitOffer
from rtc_server.session.cameras.errors import TooManyMisses
from tests.unit.rtc_server.cluster.classes.fake_front import Front, serving
from tests.unit.rtc_server.cluster.fake_hosts import kept
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def any_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(sdp: str, _: str) -> None:
        if sdp != "offer":
            raise UnfitOffer(sdp)

    monkeypatch.setattr(front_seats, "check_offer", check)


def arrive(name: str | None = "Ann", **fields: Any) -> Arrival:
    return Arrival(name, "10.0.0.1", "10.0.0.1", **fields)


async def test_new_classes_are_spread_over_the_hosts() -> None:
    async with serving() as front:
        rooms = [await front.open() for _ in range(4)]
        assert sorted(len(host.classes.running) for host in front.hosts.started) == [2, 2]
        assert len({room.facts.code for room in rooms}) == 4


async def test_a_host_without_room_gets_no_class_while_another_has_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as front:
        full, other = front.hosts.started
        monkeypatch.setattr(
            front.sessions.class_seats, "has_room", lambda host: host.name != full.spec.name
        )
        for _ in range(2):
            await front.open()
        assert len(other.classes.running) == 2


async def test_everybody_comes_to_the_host_of_their_class() -> None:
    async with serving() as front:
        await front.open()
        room = await front.open()
        host = front.host_of(room)
        found = await front.classes.find(f" {room.facts.code.lower()}", "b")
        opened = [
            (await found.teach(arrive(None), "offer"))[0],
            *[(await found.join(arrive(name), "offer"))[0] for name in ("Ann", "Bo", "Cy")],
        ]
        assert {parse_host_name(session.id) for session in opened} == {host.spec.name}
        assert [seat.arrival.learner for seat in host.classes.seats] == [None, "Ann", "Bo", "Cy"]
        assert {session.request.lesson.id for session in opened} == {"demo"}


def leave_no_room(front: Front, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    def require(host: HostRecord, *_: Any, **__: Any) -> None:
        if host.name in names:
            raise ServerFull("full")

    monkeypatch.setattr(front.sessions._places, "require_room", require)


async def test_without_room_on_its_host_a_learner_of_a_class_comes_to_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as front:
        room, home, other = await front.open_on_one_of_two()
        leave_no_room(front, monkeypatch, home.spec.name)
        with pytest.raises(ServerFull):
            await room.teach(arrive(None), "offer")
        session, _ = await room.join(arrive(), "offer")
        assert parse_host_name(session.id) == other.spec.name
        (seat,) = other.classes.seats
        assert seat.guest is not None
        assert (seat.guest.home, seat.guest.lesson) == (home.spec.name, "demo")
        leave_no_room(front, monkeypatch, home.spec.name, other.spec.name)
        with pytest.raises(ServerFull):
            await room.join(arrive("Bo"), "offer")


async def test_a_host_that_refuses_a_learner_of_a_class_leaves_them_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as front:
        room = await front.open()
        home = front.host_of(room)
        home.classes.refusal = ServerFull("it drains")
        session, _ = await room.join(arrive(), "offer")
        assert parse_host_name(session.id) != home.spec.name


async def test_who_comes_back_goes_on_where_they_were_or_takes_it_to_another_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as front:
        room, home, other = await front.open_on_one_of_two()
        leave_no_room(front, monkeypatch, home.spec.name)
        first, _ = await room.join(arrive(), "offer")
        monkeypatch.undo()
        monkeypatch.setattr(front_seats, "check_offer", lambda *_: None)
        second, _ = await room.join(arrive(resume=first.id), "offer")
        assert parse_host_name(second.id) == other.spec.name
        assert other.classes.seats[-1].kept is None  # it has that
        other.resumable[second.id] = kept(second.id)
        leave_no_room(front, monkeypatch, other.spec.name)
        third, _ = await room.join(arrive(resume=second.id), "offer")
        assert parse_host_name(third.id) == home.spec.name
        order = home.classes.seats[-1]
        assert order.guest is None and order.kept is not None
        assert order.kept.session == second.id


async def test_who_comes_back_takes_no_second_place() -> None:
    async with serving(max_sessions=1) as front:
        room = await front.open()
        first, _ = await room.join(arrive(), "offer")
        for host in front.hosts.started:
            await host.let_report()
        with pytest.raises(ServerFull):
            await room.join(arrive("Bo"), "offer")
        second, _ = await room.join(arrive(resume=first.id), "offer")
        assert [session.id for session in front.sessions] == [second.id]
        assert front.host_of(room).ended == [(first.id, "replaced")]


async def test_a_refused_arrival_gives_its_place_back() -> None:
    async with serving(max_sessions=1) as front:
        room = await front.open()
        with pytest.raises(UnfitOffer):
            await room.join(arrive(), "nonsense")
        front.host_of(room).classes.refusal = ClassEnded("over")
        with pytest.raises(ClassEnded):
            await room.join(arrive(), "offer")
        front.host_of(room).classes.refusal = None
        await room.join(arrive(), "offer")


async def test_limits_count_the_classes_of_all_hosts() -> None:
    async with serving() as front:
        for _ in range(limits.MAX_CLASSES_PER_ADDRESS):
            await front.open("a")
        with pytest.raises(TooManyClasses):
            await front.open("a")
        for k in range(limits.MAX_CLASSES - limits.MAX_CLASSES_PER_ADDRESS):
            await front.open(f"address {k}")
        with pytest.raises(ClassesFull):
            await front.open("b")


async def test_wrong_codes_lock_the_address_out_at_the_front() -> None:
    async with serving() as front:
        room = await front.open()
        for _ in range(10):
            with pytest.raises(UnknownClass):
                await front.classes.find("AAAAAA", "guesser")
        with pytest.raises(TooManyMisses):
            await front.classes.find(room.facts.code, "guesser")
        await front.classes.find(room.facts.code, "learner")


async def test_a_class_that_another_front_has_just_opened_is_found() -> None:
    """Before a report has told of it, and only where there is another front."""
    async with serving() as front:
        room = await front.open()
        host = front.host_of(room)
        del front.sessions.class_store._running[room.facts.code]
        host.classes.is_told = False
        with pytest.raises(UnknownClass):
            await front.classes.find(room.facts.code, "a")
        (record,) = (one for one in front.sessions.pool if one.name == host.spec.name)
        record.is_own = False
        try:
            found = await front.classes.find(room.facts.code, "b")
        finally:
            record.is_own = True
        assert found.facts == room.facts


async def test_only_the_teacher_gets_the_report_also_after_the_end() -> None:
    async with serving() as front:
        room = await front.open()
        code, host = room.facts.code, front.host_of(room)
        with pytest.raises(ClassTokenNeeded):
            await front.classes.find_for_teacher(code, "b", lambda _: False)
        await room.end()
        with pytest.raises(ClassEnded):  # as its host says: no report has come yet
            await (await front.classes.find(code, "b")).describe()
        await host.let_report()
        with pytest.raises(ClassEnded):
            await front.classes.find(code, "b")
        known = await front.classes.find_for_teacher(code, "b", lambda facts: facts == room.facts)
        assert await known.report() == {"code": code}
        assert list(front.classes) == []


async def test_a_class_ends_with_its_host() -> None:
    async with serving() as front:
        room = await front.open()
        host = front.host_of(room)
        await host.let_report()
        host.die()
        await wait_until(lambda: host.is_killed)
        for question in (room.describe(), front.classes.find(room.facts.code, "a")):
            with pytest.raises(ClassEnded, match="host that it was on is gone"):
                await question
        known = await front.classes.find_for_teacher(room.facts.code, "a", lambda _: True)
        assert await known.report() == {"code": room.facts.code}


async def test_a_host_that_does_not_answer_for_a_moment_ends_no_class() -> None:
    async with serving() as front:
        room = await front.open()
        host = front.host_of(room)
        host.refusal = HostLost("does not answer")
        with pytest.raises(NotReady):
            await room.join(arrive(), "offer")
        host.refusal = None
        await room.join(arrive(), "offer")


async def test_a_host_that_refuses_a_class_leaves_it_to_the_next() -> None:
    async with serving() as front:
        first, second = front.hosts.started
        first.classes.refusal = ServerFull("draining")
        for _ in range(2):
            await front.open()
        assert len(second.classes.running) == 2
        second.classes.refusal = first.classes.refusal
        with pytest.raises(ServerFull):
            await front.open()


async def test_a_host_with_a_class_is_not_drained() -> None:
    async with serving() as front:
        room = await front.open()
        host = front.host_of(room)
        front.sessions.pool.drain(host.spec.name, is_replaced=False)
        for _ in range(3):
            await host.let_report()
        assert not host.is_stopped
        await room.end()
        host._reports.put_nowait(None)  # the last: the front asks for no more
        await wait_until(lambda: host.is_stopped)
        known = await front.classes.find_for_teacher(room.facts.code, "a", lambda _: True)
        assert await known.report() == {"code": room.facts.code}
