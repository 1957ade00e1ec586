"""Which sessions that broke off can be resumed, for how long, and how many."""

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
    attempt: Any = SimpleNamespace(samples=samples, attempts=(None,))
    return ResumableSession(lesson, attempt, "auto", learner, 4.25, rate=1.0, loop=None)


def test_a_session_can_be_resumed_once() -> None:
    store, left = ResumeStore(Clock()), broken()
    store.add("a", left)
    assert store.get("a") is left
    assert store.pop("a") is left
    with pytest.raises(UnknownSession, match="broke off within the last 10 minutes, got 'a'"):
        store.pop("a")


def test_a_session_can_be_resumed_for_ten_minutes() -> None:
    clock = Clock()
    store = ResumeStore(clock)
    store.add("a", broken())
    clock.now_s += 599
    store.get("a")
    clock.now_s += 1
    with pytest.raises(UnknownSession):
        store.get("a")
    assert len(store) == 0


def test_the_latest_session_is_found_by_the_id_of_each_earlier_one() -> None:
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


def test_the_number_of_sessions_is_limited() -> None:
    store = ResumeStore(Clock())
    for k in range(500):
        store.add(f"left {k}", broken())
        store.set_successor(f"taken {k}", "x")
    assert len(store) == resume.MAX_SESSIONS
    assert store.get("left 499") and store.resolve("taken 499") == "x"


def test_sessions_without_a_sample_displace_no_session_with_some() -> None:
    """Whoever sends offers and never connects, or continues their own session over and over."""
    store = ResumeStore(Clock())
    for k in range(resume.MAX_SESSIONS // 2 - 1):
        store.add(f"danced {k}", broken())
    for k in range(500):
        store.add(f"never connected {k}", broken(samples=0))
        store.set_successor(f"taken {k}", "x")
    assert len(store) == resume.MAX_SESSIONS
    assert all(store.get(f"danced {k}") for k in range(resume.MAX_SESSIONS // 2 - 1))


def test_the_number_of_samples_is_limited() -> None:
    store = ResumeStore(Clock())
    for k in range(20):
        store.add(str(k), broken(samples=resume.MAX_SAMPLES // 4))
    assert store.samples <= resume.MAX_SAMPLES
    assert len(store) == 4
    store.add("long", broken(samples=2 * resume.MAX_SAMPLES))
    assert len(store) == 1 and store.get("long")


def test_a_learner_whose_name_is_deleted_can_resume_without_it() -> None:
    store = ResumeStore(Clock())
    store.add("ann's", broken(learner="Ann"))
    store.add("bob's", broken(learner="Bob"))
    store.remove_name("Ann")
    assert store.get("ann's").learner is None and store.get("bob's").learner == "Bob"


@pytest.mark.parametrize(
    ("id", "sha256", "sentence"),
    [
        ("other", "a", "expected lesson 'demo', as in that session, got 'other'"),
        ("demo", "b", "has been replaced since"),
    ],
)
def test_another_lesson_is_refused(id: str, sha256: str, sentence: str) -> None:
    requested: Any = SimpleNamespace(id=id, source_sha256=sha256)
    require_same_lesson(broken().lesson, broken().lesson)
    with pytest.raises(OtherLesson, match=sentence):
        require_same_lesson(broken().lesson, requested)


@pytest.mark.parametrize(
    ("begin_s", "now_s", "scored_s", "expected_s"),
    [
        (0.0, 9.0, 6.2, 6.2),  # the server's clock ran on
        (0.0, 3.0, None, 0.0),  # nothing was scored
        (10.0, 10.0, 9.8, 10.0),  # paused there
        (5.0, 6.0, 20.0, 5.0),  # a seek backwards, and nothing scored since
        (12.0, 13.0, 4.0, 12.0),  # a seek forwards, and nothing scored since
    ],
)
def test_a_session_resumes_where_the_learner_was_last_scored_in_this_run(
    begin_s: float, now_s: float, scored_s: float | None, expected_s: float
) -> None:
    assert choose_resume_position_s(begin_s, now_s, scored_s) == expected_s
