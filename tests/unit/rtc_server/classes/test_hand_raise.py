"""Both hands held up are a raised hand, unless the dance asks for them."""

from __future__ import annotations

from rtc_server.classes.hand_raise import HELD_S, HandRaise, are_hands_up
from rtc_server.protocol.score_message import Joint


def person(wrists_y: float | None, other_y: float | None = None) -> list[Joint]:
    joints: list[Joint] = [[0.5, 0.3, 0.9] for _ in range(18)]
    other = wrists_y if other_y is None else other_y
    for joint, y in ((4, wrists_y), (7, other)):
        joints[joint] = [None, None, 0] if y is None else [0.4, y, 0.9]
    return joints


UP, DOWN, ONE = person(0.1), person(0.6), person(0.1, 0.6)


def held(pose: list[Joint], target: list[Joint], seconds: float) -> int:
    hand = HandRaise()
    return sum(hand.update(k * 0.2, pose, target) for k in range(round(seconds / 0.2) + 1))


def test_only_both_wrists_above_the_head_count() -> None:
    assert are_hands_up(UP)
    assert not any(are_hands_up(pose) for pose in (DOWN, ONE, person(None)))


def test_hands_that_are_held_up_are_reported_once() -> None:
    assert held(UP, DOWN, HELD_S) == 1
    assert held(UP, DOWN, 10.0) == 1
    assert held(UP, DOWN, HELD_S - 0.3) == 0


def test_who_dances_with_raised_hands_asks_for_nothing() -> None:
    assert held(UP, UP, 10.0) == 0


def test_a_gap_of_one_sample_changes_nothing_and_a_long_one_begins_anew() -> None:
    hand = HandRaise()
    assert not any(hand.update(t, UP, DOWN) for t in (0.0, 0.4, 0.8))
    assert not hand.update(1.0, person(None), DOWN)
    assert hand.update(1.6, UP, DOWN)
    assert not hand.update(3.0, DOWN, DOWN)
    assert not hand.update(3.2, UP, DOWN)
    assert hand.update(4.8, UP, DOWN)
