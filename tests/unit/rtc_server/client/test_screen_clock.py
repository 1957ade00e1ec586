"""Which lesson position a headless learner's player shows."""

from __future__ import annotations

from typing import Any

import pytest

from rtc_server.client.screen_clock import ScreenClock


def state(kind: str, lesson_s: float, **fields: Any) -> dict[str, Any]:
    return {"type": "state", "state": kind, "lesson_s": lesson_s, "rate": 1.0, **fields}


def test_it_plays_from_where_the_server_says_and_at_its_rate() -> None:
    clock = ScreenClock()
    assert clock.present is None and clock.stretch_at(100.0) is None
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


def test_what_was_shown_before_a_jump_is_remembered() -> None:
    clock = ScreenClock()
    clock.on_state(100.0, state("playing", 0.0))
    clock.on_state(103.0, state("playing", 9.0))
    before, after = clock.stretch_at(102.9), clock.stretch_at(103.1)
    assert before is not None and before.position_s(102.9) == pytest.approx(2.9)
    assert after is not None and after.position_s(103.1) == pytest.approx(9.1)
    assert clock.stretch_at(99.0) is None
