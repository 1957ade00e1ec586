"""The classes of a server: how many, found by whom, and places that are given back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.classes import registry
from rtc_server.classes.errors import (
    ClassEnded,
    ClassesFull,
    ClassesOff,
    ClassFull,
    ClassTokenNeeded,
    NameTaken,
    TooManyClasses,
    UnknownClass,
)
from rtc_server.classes.options import ClassOptions, KeepRight
from rtc_server.classes.registry import ClassRegistry, is_token_of
from rtc_server.config import Config
from rtc_server.errors import ServerFull
from rtc_server.metrics import Metrics
from rtc_server.session.cameras.errors import TooManyMisses
from rtc_server.session.session_request import SessionRequest
from tests.unit.rtc_server.classes.people import Clock, FakeLesson, make_room

OPTIONS = ClassOptions("Tuesday", "lesson", max_learners=2)


class FakeSessions:
    """Opens sessions, or refuses to."""

    def __init__(self) -> None:
        self.refusal: Exception | None = None
        self.seats: list[Any] = []

    async def open(self, _: Any, __: str, ___: str | None, seat: Any) -> tuple[Any, str]:
        await asyncio.sleep(0)  # as a negotiation does
        if self.refusal is not None:
            raise self.refusal
        self.seats.append(seat)
        return SimpleNamespace(id=f"session {len(self.seats)}"), "v=0"


class Server:
    def __init__(self, classes: ClassRegistry, sessions: FakeSessions, clock: Clock) -> None:
        self.classes, self.sessions, self.clock = classes, sessions, clock

    def open(self, address: str = "a", owner: str | None = None) -> Any:
        lesson: Any = FakeLesson()
        reference = make_room(self.clock).reference
        return self.classes.open_with_lesson(OPTIONS, lesson, reference, address, owner)

    async def join(self, room: Any, name: str, resume: str | None = None) -> Any:
        request = SessionRequest(room.lesson, room.reference, "auto", False, learner=name)
        return await self.classes.join(room, request, "v=0", resume, None)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    clock, sessions = Clock(), FakeSessions()
    registered: Any = sessions
    async with ClassRegistry(Config(), registered, Metrics(), clock) as classes:
        yield Server(classes, sessions, clock)


async def test_a_class_is_found_by_its_code_however_it_is_typed(server: Server) -> None:
    room = server.open()
    assert server.classes.find(f" {room.code[:3].lower()}-{room.code[3:]}", "b") is room


async def test_guessed_codes_lock_the_address_out_also_for_right_ones(server: Server) -> None:
    room = server.open()
    for _ in range(10):
        with pytest.raises(UnknownClass):
            server.classes.find("AAAAAA", "guesser")
    with pytest.raises(TooManyMisses):
        server.classes.find(room.code, "guesser")
    assert server.classes.find(room.code, "learner") is room


async def test_an_address_has_eight_classes_at_most_and_the_server_fifty(server: Server) -> None:
    for _ in range(registry.MAX_CLASSES_PER_ADDRESS):
        server.open("a")
    with pytest.raises(TooManyClasses):
        server.open("a")
    for k in range(registry.MAX_CLASSES - registry.MAX_CLASSES_PER_ADDRESS):
        server.open(f"address {k}")
    with pytest.raises(ClassesFull):
        server.open("b")


async def test_live_classes_need_what_carries_them(server: Server) -> None:
    with pytest.raises(ClassesOff):
        server.classes.open_live(ClassOptions("Live", "live"), "a", None, KeepRight())


async def test_only_the_token_makes_a_teacher(server: Server) -> None:
    room = server.open()
    assert is_token_of(room, room.token)
    for wrong in (None, "", "é\ud800", room.token[:-1]):
        assert not is_token_of(room, wrong)
    with pytest.raises(ClassTokenNeeded):
        server.classes.find_for_teacher(room.code, "b", lambda _: False)


async def test_an_ended_class_is_gone_but_for_its_teachers_report(server: Server) -> None:
    room = server.open()
    await asyncio.sleep(0)
    room.end()
    while not room.is_complete:
        await asyncio.sleep(0)
    with pytest.raises(ClassEnded):
        server.classes.find(room.code, "b")
    assert server.classes.find_for_teacher(room.code, "b", lambda _: True) is room
    server.clock.now_s += registry.ENDED_S
    with pytest.raises(UnknownClass):
        server.classes.find_for_teacher(room.code, "b", lambda _: True)
    assert [*server.classes] == []


async def test_a_hundred_at_once_get_two_places_of_two(server: Server) -> None:
    room = server.open()
    joining = (server.join(room, f"learner {k}") for k in range(100))
    results = await asyncio.gather(*joining, return_exceptions=True)
    assert len(server.sessions.seats) == 2
    assert sum(isinstance(result, ClassFull) for result in results) == 98


async def test_a_session_that_is_refused_gives_the_place_back(server: Server) -> None:
    room = server.open()
    server.sessions.refusal = ServerFull("full")
    with pytest.raises(ServerFull):
        await server.join(room, "Ann")
    assert [*room.members] == []
    server.sessions.refusal = None
    await server.join(room, "Ann")
    with pytest.raises(NameTaken):
        await server.join(room, "Ann")


async def test_a_resume_that_fails_leaves_the_running_session_its_place(server: Server) -> None:
    room = server.open()
    session, _ = await server.join(room, "Ann")
    seat = server.sessions.seats[0]
    server.sessions.refusal = ServerFull("full")
    with pytest.raises(ServerFull):
        await server.join(room, "Ann", resume=session.id)
    (member,) = room.members
    assert member.seat is seat
