"""The reference of a live class: what it knows while it grows, and once it is whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rtc_server.scoring.growing import reference as growing
from rtc_server.scoring.growing.reference import GrowingReference
from rtc_server.scoring.limb_directions import limb_angles_deg
from rtc_server.scoring.reference import DOUBT, prepare_reference
from rtc_server.types import Pose, PoseTrack
from tests.unit.rtc_server.dances import dance, lesson


def grown(track: PoseTrack, until: int | None = None) -> GrowingReference:
    reference = GrowingReference()
    for pose in track.poses()[:until]:
        reference.add(pose)
        if reference.is_stale:
            reference.adopt(reference.measure())
    return reference


def test_the_whole_is_bit_for_bit_that_of_a_recorded_lesson() -> None:
    whole, recorded = grown(dance()).measure(), prepare_reference(dance())
    for name in ("angles_deg", "weight", "chance", "balance"):
        assert np.array_equal(getattr(whole, name), getattr(recorded, name), equal_nan=True)
    assert (whole.step_s, whole.full_evidence) == (recorded.step_s, recorded.full_evidence)
    assert whole.doubt == recorded.doubt


def test_the_newest_moment_has_the_chance_of_a_lesson_that_ends_with_it() -> None:
    for count in (30, 77, 118):  # a shorter lesson counts less of itself as near
        reference = GrowingReference()
        for pose in dance().poses()[:count]:
            reference.add(pose)
        track = dance()
        so_far = PoseTrack(
            track.t_s[:count], track.xy[:count], track.confidence[:count], track.aspect
        )
        expected = prepare_reference(so_far).chance[-1]
        _, _, chance = reference.at(so_far.t_s[-1:])
        assert chance[0] == pytest.approx(expected, abs=0.01)


def test_directions_and_weights_are_those_of_the_lesson_wherever_it_has_been() -> None:
    at_s = np.array([0.0, 3.3, 7.9])
    angles, weight, _ = grown(dance(), until=45).at(at_s)
    expected_angles, expected_weight, _ = lesson().at(at_s)
    assert np.array_equal(angles, expected_angles, equal_nan=True)
    assert np.array_equal(weight, expected_weight)


def test_what_has_not_been_danced_has_no_weight() -> None:
    _, weight, _ = grown(dance(), until=45).at(np.array([12.0]))
    assert not weight.any()


def test_nothing_can_be_scored_before_8_s_or_nearer_than_a_second_to_the_newest_pose() -> None:
    reference = grown(dance(), until=61)  # up to 12.0 s
    assert [reference.is_known_at(s) for s in (7.9, 8.0, 11.0, 11.1)] == [False, True, True, False]


def test_while_there_is_no_pose_it_shows_nobody() -> None:
    reference = GrowingReference()
    assert np.isnan(reference.track.xy).all()
    assert not reference.at(np.array([0.0]))[1].any()
    assert reference.doubt == DOUBT


def test_the_doubt_is_greater_while_little_has_been_danced() -> None:
    assert grown(dance(), until=45).doubt > grown(dance()).doubt == lesson().doubt


def test_a_gap_is_filled_with_nobody() -> None:
    reference = GrowingReference()
    first, second = dance().poses()[0], replace(dance().poses()[1], captured_s=2.0)
    reference.add(first)
    reference.add(second)
    assert len(reference) == 11
    assert not reference.at(np.array([1.0]))[1].any()


def test_a_pose_that_is_not_after_the_last_is_left_out() -> None:
    reference = grown(dance(), until=10)
    assert not reference.add(dance().poses()[9])
    assert len(reference) == 10


def test_a_teacher_who_turns_the_phone_keeps_the_directions() -> None:
    upright, level = dance().poses()[0], dance().poses()[1]
    turned = replace(level, aspect=level.aspect / 2)
    reference = GrowingReference()
    reference.add(upright)
    reference.add(turned)
    shown = limb_angles_deg(reference.track.xy[1], turned.confidence, reference.track.aspect)
    assert shown == pytest.approx(
        limb_angles_deg(turned.xy, turned.confidence, turned.aspect), abs=1e-3
    )


def test_it_stops_growing_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "MAX_POSES", 12)
    reference = GrowingReference()
    taken = [reference.add(pose) for pose in dance().poses()[:20]]
    assert (sum(taken), len(reference)) == (12, 12)


def test_it_is_measured_anew_ever_less_often() -> None:
    reference, measured_at = GrowingReference(), []
    for k in range(1000):
        reference.add(Pose.nobody(k / 5))
        if reference.is_stale:
            measured_at.append(k)
            reference.adopt(reference.measure())
    apart = np.diff(measured_at)
    assert apart[0] == 5
    assert apart[-1] > 12
