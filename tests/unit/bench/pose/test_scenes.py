"""The scenes show what their names say; only the last test renders frames."""

import numpy as np
import pytest

from bench.pose.scenes import LONGEST_S, OVERHEAD, SCENES, SIZE
from tools.dancer.visibility import visible_joints

NOSE, NECK, R_WRIST, L_WRIST, R_SHOULDER, L_SHOULDER = 0, 1, 4, 7, 2, 5
R_HIP, R_KNEE, L_HIP, L_KNEE = 8, 9, 11, 12


def truth(name: str) -> np.ndarray:
    """A scene's joints (n, 18, 2) in pixels, five seconds of it."""
    recipe = SCENES[name]
    scene = recipe.make_scene()
    times_s = recipe.start_s + np.arange(0, 5, 0.2)
    return np.array([scene.camera.project(scene.actors[0].joints_at(t))[:, :2] for t in times_s])


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_has_a_webcams_size_and_lasts_long_enough(name: str) -> None:
    scene = SCENES[name].make_scene()
    assert scene.camera.size == SIZE
    assert SCENES[name].start_s + LONGEST_S <= scene.duration_s


def test_both_arms_stay_overhead() -> None:
    joints = truth(OVERHEAD)
    highest = joints[:, NOSE, 1]
    assert (joints[:, R_WRIST, 1] < highest).all()
    assert (joints[:, L_WRIST, 1] < highest).all()
    assert np.ptp(joints[:, R_WRIST], axis=0).max() > 10  # and they move


def test_a_crouching_dancers_hips_are_nearly_as_low_as_the_knees() -> None:
    joints, upright = truth("crouching"), truth("dancer")
    for hip, knee in ((R_HIP, R_KNEE), (L_HIP, L_KNEE)):
        low = joints[:, knee, 1] - joints[:, hip, 1]
        assert low.max() < 0.6 * np.median(upright[:, knee, 1] - upright[:, hip, 1])


def test_a_dancer_seen_from_the_side_has_narrow_shoulders() -> None:
    joints = truth("sideways")
    torso = np.linalg.norm(joints[:, NECK] - joints[:, [R_HIP, L_HIP]].mean(axis=1), axis=1)
    width = np.linalg.norm(joints[:, R_SHOULDER] - joints[:, L_SHOULDER], axis=1)
    assert np.median(width / torso) < 0.35
    assert np.median(truth("dancer")[:, L_SHOULDER, 0] - truth("dancer")[:, R_SHOULDER, 0]) > 40


def test_cut_off_leaves_knees_or_hands_outside_and_the_head_inside() -> None:
    joints = truth("cut off")
    inside = ((joints >= 0) & (joints < np.array(SIZE))).all(axis=2)
    assert inside[:, NOSE].all()
    assert 0.3 < inside.mean() < 0.95


def test_the_bystander_hides_some_joints_while_passing() -> None:
    recipe = SCENES["bystander"]
    scene = recipe.make_scene()
    seen = np.array([visible_joints(scene, recipe.start_s + t) for t in (0.2, 2.0, 2.4, 2.8, 3.2)])
    assert seen[0].all()
    assert seen[1:].mean() < 0.95


def test_darkness_and_noise_are_the_same_each_time() -> None:
    degrade = SCENES["dark"].degrade
    grey = np.full((480, 640, 3), 200, np.uint8)
    one, again, next_one = degrade(grey, 1), degrade(grey, 1), degrade(grey, 2)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, next_one)
    assert one.mean() < 40
    assert one.std() > 4
