import numpy as np
import pytest

from rtc_server.scoring import limb_directions
from rtc_server.scoring.interpolation import interpolate_pose
from rtc_server.scoring.limbs import (
    L_ELBOW,
    L_HIP,
    L_SHOULDER,
    L_WRIST,
    LIMB_NAMES,
    NECK,
    R_HIP,
    R_WRIST,
)
from rtc_server.types import PoseTrack
from tests.unit.rtc_server.dances import dance


def test_mirroring_twice_changes_nothing() -> None:
    track = dance()
    once = limb_directions.mirror_pose(track.xy, track.confidence)
    twice = limb_directions.mirror_pose(*once)
    np.testing.assert_allclose(twice[0], track.xy, atol=1e-6)
    assert not np.allclose(once[0], track.xy)


def test_directions_do_not_depend_on_place_or_size() -> None:
    track = dance()
    here = limb_directions.limb_angles_deg(track.xy, track.confidence, track.aspect)
    there = limb_directions.limb_angles_deg(track.xy * 0.5 + 0.2, track.confidence, track.aspect)
    known = ~np.isnan(here)
    assert known.mean() > 0.9
    np.testing.assert_allclose(
        limb_directions.angle_difference_deg(here, there)[known], 0, atol=0.1
    )


def test_angles_take_the_aspect_into_account() -> None:
    xy = np.full((18, 2), np.nan, np.float32)
    xy[NECK], xy[R_HIP], xy[L_HIP] = (
        (0.5, 0.2),
        (0.4, 0.6),
        (0.6, 0.6),
    )
    xy[L_SHOULDER], xy[L_ELBOW] = (0.5, 0.5), (0.6, 0.6)
    confidence = np.ones(18, np.float32)
    arm = LIMB_NAMES.index("left_upper_arm")
    assert limb_directions.limb_angles_deg(xy, confidence, 1.0)[arm] == pytest.approx(45, abs=0.01)
    assert limb_directions.limb_angles_deg(xy, confidence, 2.0)[arm] == pytest.approx(
        26.57, abs=0.01
    )


def test_uncertain_joints_and_short_limbs_have_no_direction() -> None:
    track = dance()
    xy, confidence = track.xy[10].copy(), track.confidence[10].copy()
    confidence[R_WRIST] = 0.05
    xy[L_WRIST] = xy[L_ELBOW] + 0.001
    angles = limb_directions.limb_angles_deg(xy, confidence, track.aspect)
    assert np.isnan(angles[LIMB_NAMES.index("right_forearm")])
    assert np.isnan(angles[LIMB_NAMES.index("left_forearm")])
    assert np.isfinite(angles[LIMB_NAMES.index("left_upper_arm")])


@pytest.mark.parametrize(("a", "b", "turn"), [(170, -170, -20), (-170, 170, 20), (30, 10, 20)])
def test_differences_take_the_shorter_way_around(a: float, b: float, turn: float) -> None:
    assert limb_directions.angle_difference_deg(np.float32(a), np.float32(b)) == pytest.approx(turn)


def test_ten_degrees_cost_nothing_and_opposite_directions_score_zero() -> None:
    zero = np.zeros(1, np.float32)
    assert limb_directions.similarity(zero, zero + 10)[0] == 1
    assert limb_directions.similarity(zero, zero + 35)[0] == pytest.approx(np.exp(-0.5))
    assert limb_directions.similarity(zero, zero + 180)[0] < 1e-6


def test_the_reference_is_interpolated_and_gaps_are_filled_from_the_other_side() -> None:
    xy = np.zeros((2, 18, 2), np.float32)
    xy[1] = 1.0
    xy[0, 5] = np.nan
    track = PoseTrack(np.array([0.0, 0.2]), xy, np.ones((2, 18), np.float32), 1.0)
    moment = interpolate_pose(track, 0.05)
    assert moment.xy[0] == pytest.approx([0.25, 0.25])
    assert moment.xy[5] == pytest.approx([1.0, 1.0])
    assert interpolate_pose(track, 9.0).xy[0] == pytest.approx([1.0, 1.0])
    assert interpolate_pose(track, -9.0).xy[0] == pytest.approx([0.0, 0.0])
