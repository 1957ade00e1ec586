"""What is kept of a session that broke off, for how long, and how much of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.errors import OtherLesson, UnknownSession
from rtc_server.session import resume
from rtc_server.session.resume import (
    ResumableSession,
    ResumeStore,
    choose_resume_position_s,
    require_same_lesson,
)


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def broken(samples: int = 10, learner: str | None = None) -> ResumableSession:
    lesson: Any = SimpleNamespace(id="demo", source_sha256="a")
    attempt: Any = SimpleNamespace(samples=samples)
    return ResumableSession(lesson, attempt, "auto", learner, 4.25, rate=1.0, loop=None)


def test_a_session_can_be_taken_once() -> None:
    store, left = ResumeStore(Clock()), broken()
    store.add("a", left)
    assert store.get("a") is left
    assert store.pop("a") is left
    with pytest.raises(UnknownSession, match="broke off within the last 10 minutes, got 'a'"):
        store.pop("a")


def test_it_is_kept_for_ten_minutes() -> None:
    clock = Clock()
    store = ResumeStore(clock)
    store.add("a", broken())
    clock.now_s += 599
    store.get("a")
    clock.now_s += 1
    with pytest.raises(UnknownSession):
        store.get("a")
    assert len(store) == 0


def test_whoever_took_it_is_found_by_every_earlier_name() -> None:
    store, left = ResumeStore(Clock()), broken()
    store.add("a", left)
    store.pop("a")
    store.set_successor("a", "b")
    assert store.resolve("a") == "b"
    with pytest.raises(UnknownSession):  # b still runs
        store.get("b")
    store.add("b", left)
    store.pop("b")
    store.set_successor("b", "c")
    assert (store.resolve("a"), store.resolve("c"), store.resolve("x")) == ("c", "c", "x")


def test_no_more_are_kept_than_there_may_be() -> None:
    store = ResumeStore(Clock())
    for k in range(500):
        store.add(f"left {k}", broken())
        store.set_successor(f"taken {k}", "x")
    assert len(store) == resume.MAX_SESSIONS
    assert store.get("left 499") and store.resolve("taken 499") == "x"


def test_long_sessions_are_fewer() -> None:
    store = ResumeStore(Clock())
    for k in range(20):
        store.add(str(k), broken(samples=resume.MAX_SAMPLES // 4))
    assert store.samples <= resume.MAX_SAMPLES
    assert len(store) == 4
    store.add("long", broken(samples=2 * resume.MAX_SAMPLES))
    assert len(store) == 1 and store.get("long")


def test_who_is_forgotten_may_go_on_without_a_name() -> None:
    store = ResumeStore(Clock())
    store.add("ann's", broken(learner="Ann"))
    store.add("bob's", broken(learner="Bob"))
    store.remove_name("Ann")
    assert store.get("ann's").learner is None and store.get("bob's").learner == "Bob"


@pytest.mark.parametrize(
    ("id", "sha256", "said"),
    [
        ("other", "a", "expected lesson 'demo', as in that session, got 'other'"),
        ("demo", "b", "has been replaced since"),
    ],
)
def test_another_lesson_is_refused(id: str, sha256: str, said: str) -> None:
    wanted: Any = SimpleNamespace(id=id, source_sha256=sha256)
    require_same_lesson(broken().lesson, broken().lesson)
    with pytest.raises(OtherLesson, match=said):
        require_same_lesson(broken().lesson, wanted)


@pytest.mark.parametrize(
    ("begin_s", "now_s", "scored_s", "place"),
    [
        (0.0, 9.0, 6.2, 6.2),  # the server's clock ran on
        (0.0, 3.0, None, 0.0),  # never seen
        (10.0, 10.0, 9.8, 10.0),  # paused there
        (5.0, 6.0, 20.0, 5.0),  # sought back, and not seen since
        (12.0, 13.0, 4.0, 12.0),  # sought on, and not seen since
    ],
)
def test_the_place_is_where_the_learner_was_last_seen_in_this_run(
    begin_s: float, now_s: float, scored_s: float | None, place: float
) -> None:
    assert choose_resume_position_s(begin_s, now_s, scored_s) == place
