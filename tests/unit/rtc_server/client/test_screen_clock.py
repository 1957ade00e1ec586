"""Which lesson position a headless learner's player shows."""

from __future__ import annotations

from typing import Any

import pytest

from rtc_server.client.screen_clock import ScreenClock


def state(kind: str, lesson_s: float, **fields: Any) -> dict[str, Any]:
    return {"type": "state", "state": kind, "lesson_s": lesson_s, "rate": 1.0, **fields}


def test_it_plays_from_where_the_server_says_and_at_its_rate() -> None:
    clock = ScreenClock()
    assert clock.present is None and clock.position_at(100.0) is None
    clock.on_state(100.0, state("playing", 2.0, rate=0.5))
    stretch = clock.present
    assert stretch is not None and stretch.rate == 0.5
    assert stretch.position_s(104.0) == pytest.approx(4.0)
    assert stretch.due_s(4.0) == pytest.approx(104.0)


@pytest.mark.parametrize("kind", ["ready", "counting", "paused", "ended"])
def test_it_stands_still_otherwise(kind: str) -> None:
    clock = ScreenClock()
    clock.on_state(100.0, state(kind, 2.0))
    assert clock.present is not None
    assert (clock.present.rate, clock.present.position_s(109.0)) == (0.0, 2.0)


def test_a_loop_is_not_left() -> None:
    clock = ScreenClock()
    clock.on_state(100.0, state("playing", 2.0, loop=[1.0, 3.0]))
    assert clock.present is not None and clock.present.position_s(109.0) == 3.0


def test_the_position_is_that_of_the_frame_that_was_shown_however_late() -> None:
    clock = ScreenClock()
    clock.on_state(100.0, state("playing", 2.0, rate=0.5))
    assert clock.position_at(100.2) is None
    assert clock.present is not None
    clock.on_shown(101.12, 2.5, clock.present)  # was due at 101.0
    shown = clock.position_at(101.14)
    assert shown is not None
    assert (shown.lesson_s, shown.rate) == (pytest.approx(2.51), 0.5)
    assert clock.position_at(101.6) is None  # the player had to wait


def test_what_was_shown_before_a_jump_is_remembered_and_does_not_go_on_after_it() -> None:
    clock = ScreenClock()
    clock.on_state(100.0, state("playing", 0.0))
    assert clock.present is not None
    clock.on_shown(102.9, 2.9, clock.present)
    clock.on_state(103.0, state("playing", 9.0))
    before = clock.position_at(102.95)
    assert before is not None and before.lesson_s == pytest.approx(2.95)
    assert clock.position_at(103.05) is None
    clock.on_shown(103.1, 9.1, clock.present)
    after = clock.position_at(103.1)
    assert after is not None and after.lesson_s == pytest.approx(9.1)


def test_a_still_picture_has_no_position() -> None:
    clock = ScreenClock()
    clock.on_state(100.0, state("paused", 3.0))
    assert clock.present is not None
    clock.on_shown(100.1, 3.0, clock.present)
    assert clock.position_at(100.2) is None
