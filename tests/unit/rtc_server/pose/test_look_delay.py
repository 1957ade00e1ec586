"""How long a learner waits for a look."""

from __future__ import annotations

import pytest

from rtc_server.pose.look_delay import KEPT_S, NEW_SHARE, LookDelay


def look(delay: LookDelay, now_s: float, took_s: float) -> float:
    delay.ask(now_s)
    delay.answer(now_s + took_s)
    return now_s + took_s


def test_without_looks_nobody_waits() -> None:
    delay = LookDelay()
    delay.answer(5.0)
    assert delay.delay_s(5.0) == 0.0


def test_the_delay_is_the_mean_of_the_last_looks() -> None:
    delay, now_s = LookDelay(), 0.0
    now_s = look(delay, now_s, 1.0)
    assert delay.delay_s(now_s) == pytest.approx(NEW_SHARE)  # one says little
    for _ in range(40):
        now_s = look(delay, now_s, 0.1)
    assert delay.delay_s(now_s) == pytest.approx(0.1, rel=0.01)


def test_a_look_that_does_not_end_is_as_long_as_it_lasts() -> None:
    delay = LookDelay()
    now_s = look(delay, 0.0, 0.05)
    delay.ask(now_s)
    assert delay.delay_s(now_s + 3.0) == 3.0


def test_who_is_not_looked_at_any_more_waits_for_nothing() -> None:
    delay = LookDelay()
    now_s = look(delay, 0.0, 5.0)
    assert delay.delay_s(now_s + KEPT_S) > 0
    assert delay.delay_s(now_s + KEPT_S + 0.1) == 0.0
