"""What fails in one session reaches no other: its place is free, and the failure is counted."""

from __future__ import annotations

import asyncio
import logging
import time
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from prometheus_client import Counter

from rtc_server.config import Config
from rtc_server.errors import ServerFull, UnfitOffer, UnknownSession
from rtc_server.metrics import Metrics
from rtc_server.session import registry
from rtc_server.session.lost_places import MAX_CLOSING_S
from rtc_server.session.places.capacity import Capacity, CostEstimate
from rtc_server.session.places.capacity_watch import CLOSING_S
from rtc_server.session.registry import SessionRegistry

LESSON = SimpleNamespace(id="tango", source_sha256="0")


class FakeSession:
    """A session that runs until `finish`, and fails in the methods of `failing`."""

    failing: ClassVar[set[str]] = set()
    opened: ClassVar[list[FakeSession]] = []

    def __init__(self, request: Any = None, *_: Any, **__: Any) -> None:
        self.request = request
        self.id = f"session {len(self.opened)}"
        self.started_at = time.time()
        self.ended_at: float | None = None
        self.end_reason: str | None = None
        self.stage = "connected"
        self.remaining_s: float | None = None
        self.finish = asyncio.Event()
        self._failing = set(self.failing)
        self.opened.append(self)

    def _fail(self, method: str) -> None:
        if method in self._failing:
            raise ValueError(f"{method} fails")

    async def run(self) -> None:
        self._fail("run")
        await self.finish.wait()
        self.end_reason = "left"

    def result(self) -> object:
        self._fail("result")
        return object()

    def resumable(self) -> object | None:
        self._fail("resumable")
        return None

    def end(self, _: str, **__: object) -> None:
        self.finish.set()


class FakeOpening:
    """Answers every offer with the offer itself."""

    def __init__(self, offer: str, *_: Any) -> None:
        self.answer = offer

    async def connect(self, _: object) -> object:
        return object()


def value(counter: Counter) -> float:
    (sample,) = (s for metric in counter.collect() for s in metric.samples if "_total" in s.name)
    return sample.value


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> SessionRegistry:
    monkeypatch.setattr(registry, "Session", FakeSession)
    monkeypatch.setattr(registry, "WebRtcOpening", FakeOpening)
    monkeypatch.setattr(registry, "build_player", lambda *_: None)
    monkeypatch.setattr(registry, "check_offer", lambda sdp, _: sdp)
    monkeypatch.setattr(FakeSession, "failing", set())
    monkeypatch.setattr(FakeSession, "opened", [])
    unused: Any = SimpleNamespace(save=None)
    return SessionRegistry(Config(max_sessions=2), unused, SimpleNamespace, Metrics(), unused)


def request_from(address: str, learner: str | None = None) -> Any:
    """:param learner: the id of the learner who was invited; None: the operator."""
    invitation = SimpleNamespace(learner=learner) if learner else None
    return SimpleNamespace(
        sender="learner",
        **{"counted_as": address, "address": address, "lesson": LESSON},
        **{"annotated": False, "invitation": invitation, "dancers": None},
    )


async def open_session(sessions: SessionRegistry, *failing: str) -> Any:
    FakeSession.failing = set(failing)
    return (await sessions.open(request_from("192.0.2.7"), "offer"))[0]


@pytest.mark.parametrize("failing", ["run", "result", "resumable", "run result"])
async def test_a_session_that_fails_frees_its_place_and_disturbs_no_other(
    sessions: SessionRegistry, failing: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        async with sessions:
            other = await open_session(sessions)
            for _ in range(3):  # one after the other in the place that is left
                session = await open_session(sessions, *failing.split())
                session.finish.set()
                while len(sessions) > 1:
                    await asyncio.sleep(0)
            assert not other.finish.is_set()
            metrics = sessions._metrics
            assert value(metrics.session_failures) == 3
            await open_session(sessions)
            with pytest.raises(ServerFull):
                await open_session(sessions)
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 3  # each was logged once
    assert all("failed" in record.getMessage() for record in errors)


async def test_who_finds_no_place_learns_when_a_lesson_ends(sessions: SessionRegistry) -> None:
    async with sessions:
        for remaining_s in (60.0, 30.0):
            (await open_session(sessions)).remaining_s = remaining_s
        with pytest.raises(ServerFull) as full:
            await open_session(sessions)
        assert full.value.retry_after_s == round(30 + CLOSING_S)
        for session in sessions:
            session.end("stopped")


async def test_the_number_of_places_can_change(sessions: SessionRegistry) -> None:
    estimate = CostEstimate(cores=4.0, look_s=0.1, python_s=0.0, pose_fps=5.0)
    async with sessions:
        sessions.adapt_places(Capacity(estimate, most=1000))
        opened = [await open_session(sessions) for _ in range(estimate.count_places())]
        assert len(opened) == 5
        with pytest.raises(ServerFull, match="all 5 places"):
            await open_session(sessions)
        for session in sessions:
            session.end("stopped")


async def test_a_connection_without_a_session_is_closed(
    sessions: SessionRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[tuple[object, ...]] = []

    class FakePeer:
        async def close(self, *how: object) -> None:
            closed.append(how)

    async def connect(*_: object) -> object:
        return SimpleNamespace(peer=FakePeer())

    def fail(*_: object, **__: object) -> None:
        raise ValueError("no session")

    monkeypatch.setattr(FakeOpening, "connect", connect)
    monkeypatch.setattr(registry, "Session", fail)
    async with sessions:
        with pytest.raises(ValueError, match="no session"):
            await open_session(sessions)
        assert closed == [(0.0, "failed")] and sessions.places_lost() == 0


async def test_an_offer_that_cannot_be_negotiated_takes_no_place(
    sessions: SessionRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> str:
        raise UnfitOffer("expected another")

    async with sessions:
        with monkeypatch.context() as patch:
            patch.setattr(FakeOpening, "connect", refuse)
            for _ in range(3):
                with pytest.raises(UnfitOffer):
                    await open_session(sessions)
        await open_session(sessions)
        await open_session(sessions)


async def test_places_that_nothing_uses_are_lost(
    sessions: SessionRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = asyncio.Event()

    async def answer_late(*_: object) -> str:
        await answered.wait()
        return "answer"

    async with sessions:
        session = await open_session(sessions)
        monkeypatch.setattr(FakeOpening, "connect", answer_late)
        opening = asyncio.create_task(open_session(sessions))
        await asyncio.sleep(0)
        assert sessions.places_lost() == 0  # one is in use, one is about to be
        session.ended_at = time.time()
        assert sessions.places_lost() == 0  # it may take a moment to close
        session.ended_at -= MAX_CLOSING_S + 1
        assert sessions.places_lost() == 1
        answered.set()
        await opening
        session.finish.set()
        while len(sessions) > 1:
            await asyncio.sleep(0)
        assert sessions.places_lost() == 0
        sessions._admission.admit("192.0.2.8")  # and no session follows, as after a defect
        assert sessions.places_lost() == 1
        assert b"tandem_places_lost 1.0" in sessions._metrics.text()


async def test_a_bad_offer_ends_no_session_that_it_would_resume(
    sessions: SessionRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: str) -> str:
        raise UnfitOffer("expected a video line")

    async with sessions:
        running = await open_session(sessions)
        monkeypatch.setattr(registry, "check_offer", refuse)
        with pytest.raises(UnfitOffer):
            await sessions.open(request_from("192.0.2.8"), "bad", resume=running.id)
        assert not running.finish.is_set()
        running.finish.set()


@pytest.mark.parametrize("by", [None, "ben"])
async def test_nobody_ends_somebody_elses_session_by_continuing_it(
    sessions: SessionRegistry, by: str | None
) -> None:
    """An operator (None) finds it, and may end it otherwise."""
    async with sessions:
        running, _ = await sessions.open(request_from("192.0.2.7", "ann"), "offer")
        assert sessions.find(running.id) is running
        with pytest.raises(UnknownSession):
            await sessions.open(request_from("192.0.2.8", by), "offer", resume=running.id)
        assert not running.finish.is_set() and len(sessions) == 1
        running.finish.set()


async def test_who_began_a_session_ends_it_by_continuing_it(sessions: SessionRegistry) -> None:
    async with sessions:
        running, _ = await sessions.open(request_from("192.0.2.7", "ann"), "offer")
        with pytest.raises(UnknownSession):  # this one keeps nothing that could be continued
            await sessions.open(request_from("192.0.2.8", "ann"), "offer", resume=running.id)
        assert running.finish.is_set() and len(sessions) == 0
