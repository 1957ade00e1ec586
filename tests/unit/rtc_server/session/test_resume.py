"""What is kept of a session that broke off, for how long, and how much of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from rtc_server.errors import OtherLesson, UnknownSession
from rtc_server.session import resume
from rtc_server.session.resume import ResumableSession, ResumeStore, place_s, require_same


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def broken(samples: int = 10, learner: str | None = None) -> ResumableSession:
    lesson: Any = SimpleNamespace(id="demo", source_sha256="a")
    attempt: Any = SimpleNamespace(samples=samples)
    return ResumableSession(lesson, attempt, "auto", learner, 4.25, rate=1.0, loop=None)


def test_a_session_can_be_taken_once() -> None:
    kept, left = ResumeStore(Clock()), broken()
    kept.keep("a", left)
    assert kept.find("a") is left
    assert kept.take("a") is left
    with pytest.raises(UnknownSession, match="broke off within the last 10 minutes, got 'a'"):
        kept.take("a")


def test_it_is_kept_for_ten_minutes() -> None:
    clock = Clock()
    kept = ResumeStore(clock)
    kept.keep("a", broken())
    clock.now_s += 599
    kept.find("a")
    clock.now_s += 1
    with pytest.raises(UnknownSession):
        kept.find("a")
    assert len(kept) == 0


def test_whoever_took_it_is_found_by_every_earlier_name() -> None:
    kept, left = ResumeStore(Clock()), broken()
    kept.keep("a", left)
    kept.take("a")
    kept.pass_on("a", "b")
    assert kept.latest("a") == "b"
    with pytest.raises(UnknownSession):  # b still runs
        kept.find("b")
    kept.keep("b", left)
    kept.take("b")
    kept.pass_on("b", "c")
    assert (kept.latest("a"), kept.latest("c"), kept.latest("x")) == ("c", "c", "x")


def test_no_more_are_kept_than_there_may_be() -> None:
    kept = ResumeStore(Clock())
    for k in range(500):
        kept.keep(f"left {k}", broken())
        kept.pass_on(f"taken {k}", "x")
    assert len(kept) == resume.MOST_KEPT
    assert kept.find("left 499") and kept.latest("taken 499") == "x"


def test_long_sessions_are_fewer() -> None:
    kept = ResumeStore(Clock())
    for k in range(20):
        kept.keep(str(k), broken(samples=resume.MOST_SAMPLES // 4))
    assert kept.samples <= resume.MOST_SAMPLES
    assert len(kept) == 4
    kept.keep("long", broken(samples=2 * resume.MOST_SAMPLES))
    assert len(kept) == 1 and kept.find("long")


def test_who_is_forgotten_may_go_on_without_a_name() -> None:
    kept = ResumeStore(Clock())
    kept.keep("ann's", broken(learner="Ann"))
    kept.keep("bob's", broken(learner="Bob"))
    kept.forget("Ann")
    assert kept.find("ann's").learner is None and kept.find("bob's").learner == "Bob"


@pytest.mark.parametrize(
    ("id", "sha256", "said"),
    [
        ("other", "a", "expected lesson 'demo', of which that session was, got 'other'"),
        ("demo", "b", "has been replaced since"),
    ],
)
def test_another_lesson_is_refused(id: str, sha256: str, said: str) -> None:
    wanted: Any = SimpleNamespace(id=id, source_sha256=sha256)
    require_same(broken().lesson, broken().lesson)
    with pytest.raises(OtherLesson, match=said):
        require_same(broken().lesson, wanted)


@pytest.mark.parametrize(
    ("begin_s", "now_s", "followed_s", "place"),
    [
        (0.0, 9.0, 6.2, 6.2),  # the server's clock ran on
        (0.0, 3.0, None, 0.0),  # never seen
        (10.0, 10.0, 9.8, 10.0),  # paused there
        (5.0, 6.0, 20.0, 5.0),  # sought back, and not seen since
        (12.0, 13.0, 4.0, 12.0),  # sought on, and not seen since
    ],
)
def test_the_place_is_where_the_learner_was_last_seen_in_this_run(
    begin_s: float, now_s: float, followed_s: float | None, place: float
) -> None:
    assert place_s(begin_s, now_s, followed_s) == place
