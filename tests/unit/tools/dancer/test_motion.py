"""Dances are curves through key poses."""

import numpy as np
import pytest

from tools.dancer.choreography import ARMS, CHOREOGRAPHIES, HARBOUR, SUNRISE, choreography
from tools.dancer.motion import Choreography, Key, standing
from tools.dancer.stance import INDEX


@pytest.mark.parametrize("dance", CHOREOGRAPHIES.values(), ids=lambda dance: dance.name)
def test_dance_stands_still_first_and_holds_its_last_pose(dance: Choreography) -> None:
    motion = dance.motion()
    for t_s in (-1.0, 0.0, 0.5, 1.0):
        assert np.allclose(motion(t_s), standing())
    assert np.array_equal(motion(dance.duration_s - 0.5), motion(dance.duration_s + 9))


@pytest.mark.parametrize("dance", CHOREOGRAPHIES.values(), ids=lambda dance: dance.name)
def test_dance_lasts_whole_seconds(dance: Choreography) -> None:
    assert dance.duration_s == 24.0


def test_pose_is_reached_on_its_beat() -> None:
    raise_ = INDEX["right.upper.raise"]
    assert SUNRISE.motion()(18 * 0.5)[raise_] == pytest.approx(ARMS["up"][0])


def test_curve_never_leaves_the_range_of_its_keys() -> None:
    motion = Choreography(
        "saw", 12, tuple(Key(b, {"left.upper.raise": 90.0 * (b % 2)}) for b in range(1, 10))
    ).motion()
    values = np.array([motion(t_s)[INDEX["left.upper.raise"]] for t_s in np.arange(0, 6, 0.01)])
    assert values.min() >= -1e-9
    assert values.max() <= 90 + 1e-9


def test_move_takes_only_the_beats_it_is_given() -> None:
    motion = Choreography("one", 8, (Key(6, {"head.yaw": 30.0}, over=2.0),)).motion()
    head = INDEX["head.yaw"]
    assert motion(4 * 0.5)[head] == 0.0
    assert 0 < motion(5 * 0.5)[head] < 30


def test_travelling_foot_leaves_the_floor() -> None:
    motion = Choreography("step", 4, (Key(2, {"left.foot.out": 0.2}),)).motion()
    lift = INDEX["left.foot.lift"]
    assert motion(1.5 * 0.5)[lift] > 0.05
    assert motion(2 * 0.5)[lift] == pytest.approx(0.0)


def test_the_two_dances_differ_for_most_of_their_time() -> None:
    arms = [k for name, k in INDEX.items() if "upper.raise" in name or "fore.raise" in name]
    times = np.arange(3, 22, 0.2)
    apart = [np.abs(SUNRISE.motion()(t)[arms] - HARBOUR.motion()(t)[arms]).max() for t in times]
    assert np.mean(np.array(apart) > 40) > 0.75


def test_unknown_names_are_refused_with_a_list_of_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"head\.yaw"):
        Choreography("bad", 4, (Key(1, {"tail.wag": 1.0}),)).motion()
    with pytest.raises(KeyError, match="sunrise"):
        choreography("waltz")
    with pytest.raises(ValueError, match="after 2"):
        Choreography("back", 4, (Key(2, {}), Key(1.5, {}))).motion()
