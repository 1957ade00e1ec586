"""The measures of accuracy, compared with values that can be computed by hand."""

import numpy as np
import pytest

from bench.pose import accuracy
from tf_pose.keypoint_similarity import IN_COCO

NOSE, R_WRIST, L_WRIST, R_HIP = 0, 4, 7, 8
EVERY = np.ones((1, 18), bool)


def person() -> np.ndarray:
    """One sample whose torso is 100 px long."""
    joints = np.zeros((1, 18, 2))
    joints[0, :, 0] = np.linspace(40, 210, 18)
    joints[0, accuracy.NECK] = 100, 100
    joints[0, list(accuracy.HIPS)] = (80, 200), (120, 200)
    return joints


def moved(joint: int, by_px: float) -> np.ndarray:
    found = person()
    found[0, joint, 0] += by_px
    return found


def without(joint: int) -> np.ndarray:
    found = person()
    found[0, joint] = np.nan
    return found


def test_torso_reaches_from_the_neck_to_between_the_hips() -> None:
    assert accuracy.torso_px(person()).tolist() == [100.0]


@pytest.mark.parametrize(("by_px", "right"), [(9.9, 18), (10.1, 17), (-10.1, 17)])
def test_pck_takes_a_tenth_of_the_torso(by_px: float, right: int) -> None:
    assert accuracy.pck(moved(NOSE, by_px), person(), EVERY) == pytest.approx(right / 18)


def test_pck_counts_a_joint_that_was_not_found_as_wrong() -> None:
    assert accuracy.pck(without(NOSE), person(), EVERY) == pytest.approx(17 / 18)


def test_hidden_joints_are_not_judged() -> None:
    judged = EVERY.copy()
    judged[0, NOSE] = False
    found = moved(NOSE, 500)
    assert accuracy.pck(found, person(), judged) == 1.0
    assert accuracy.oks(found, person(), judged, np.array([5000.0])).tolist() == [1.0]


def test_oks_of_the_truth_is_one_and_of_nothing_is_zero() -> None:
    area = np.array([5000.0])
    assert accuracy.oks(person(), person(), EVERY, area).tolist() == [1.0]
    assert accuracy.oks(np.full((1, 18, 2), np.nan), person(), EVERY, area).tolist() == [0.0]


def test_oks_falls_with_the_distance_as_coco_defines() -> None:
    """One joint is 12 px off: d² = 144, s² = 5000, k = 2 × 0.062."""
    alike = np.exp(-144 / (2 * 5000 * (2 * 0.062) ** 2))
    expected = (16 + alike) / 17
    got = accuracy.oks(moved(R_WRIST, 12), person(), EVERY, np.array([5000.0]))
    assert got[0] == pytest.approx(expected)
    assert 0.9 < expected < 0.99  # different enough from 1


def test_oks_tolerates_a_larger_error_at_a_hip_than_at_an_eye() -> None:
    area = np.array([5000.0])
    hip = accuracy.oks(moved(R_HIP, 8), person(), EVERY, area)[0]
    eye = accuracy.oks(moved(14, 8), person(), EVERY, area)[0]
    assert eye < hip < 1.0


def test_oks_leaves_the_neck_out() -> None:
    found = moved(accuracy.NECK, 500)
    assert accuracy.oks(found, person(), EVERY, np.array([5000.0])).tolist() == [1.0]
    assert int(IN_COCO.sum()) == 17


def test_a_missing_joint_lowers_the_oks_by_its_share() -> None:
    got = accuracy.oks(without(L_WRIST), person(), EVERY, np.array([5000.0]))
    assert got[0] == pytest.approx(16 / 17)


def test_without_judged_joints_the_result_is_nan() -> None:
    none = np.zeros((1, 18), bool)
    assert np.isnan(accuracy.pck(person(), person(), none))
    assert np.isnan(accuracy.oks(person(), person(), none, np.array([5000.0]))).all()


def test_the_box_ends_at_the_border_of_the_frame() -> None:
    joints = person()
    joints[0, NOSE] = -50, 0
    joints[0, R_WRIST] = 210, 900
    assert accuracy.box_area(joints, (200, 300)).tolist() == [200 * 300]


def test_found_share_counts_judged_joints_only() -> None:
    judged = np.zeros((1, 18), bool)
    judged[0, [NOSE, R_WRIST]] = True
    assert accuracy.found_share(without(R_WRIST), judged) == 0.5
    assert accuracy.found_share(without(L_WRIST), judged) == 1.0


def test_distances_px_are_those_of_joints_that_both_found() -> None:
    apart = accuracy.distances_px(without(NOSE), moved(R_WRIST, 3))
    assert len(apart) == 17
    assert sorted(apart.tolist())[-2:] == [0.0, 3.0]


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(n, 18, 2\)"):
        accuracy.pck(person()[:, :17], person(), EVERY)
    with pytest.raises(ValueError, match="judged"):
        accuracy.pck(person(), person(), EVERY[:, :17])
