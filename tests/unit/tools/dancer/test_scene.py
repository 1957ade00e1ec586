"""Frames whose true joints are known."""

import numpy as np
import pytest

from tools.dancer.body import LOOKS, body
from tools.dancer.camera import Camera
from tools.dancer.choreography import CHOREOGRAPHIES
from tools.dancer.scene import Scene, camera_for, render, with_bystander
from tools.dancer.skinning import JOINTS
from tools.dancer.visibility import visible_joints


def test_the_same_scene_gives_the_same_pixels() -> None:
    first, second = (render("harbour", "tall").frame_at(7.3) for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, render("harbour", "tall").frame_at(7.6))


@pytest.mark.parametrize("size", [(480, 640), (640, 480), (256, 256)])
def test_frames_have_the_requested_size_and_number(size: tuple[int, int]) -> None:
    scene = render(size=size, fps=10, duration_s=0.5)
    frames = list(scene.frames())
    assert [frame.shape for frame in frames] == [(size[1], size[0], 3)] * 5
    assert frames[0].dtype == np.uint8
    assert scene.truth().shape == (5, 18, 2)


@pytest.mark.parametrize("person", sorted(LOOKS))
@pytest.mark.parametrize("dance", sorted(CHOREOGRAPHIES))
def test_joints_stay_in_the_frame_with_a_margin(person: str, dance: str) -> None:
    for size in ((480, 640), (640, 480)):
        truth = render(dance, person, size=size, fps=1.25).truth()
        margin = 0.03 * min(size)
        assert truth.min() > margin
        assert (truth.max(axis=(0, 1)) < np.array(size) - margin).all()


def test_truth_lies_on_the_dancer() -> None:
    scene = render("sunrise", "short", fps=0.7)
    empty = Scene((), scene.camera).frame_at(0.0)
    for t_s, places in zip(scene.times_s, scene.truth(), strict=True):
        drawn = (scene.frame_at(float(t_s)) != empty).any(axis=2)
        x, y = np.round(places).astype(int).T
        near = [drawn[b - 1 : b + 2, a - 1 : a + 2].any() for a, b in zip(x, y, strict=True)]
        assert all(near), [JOINTS[k] for k in np.flatnonzero(~np.array(near))]


def test_the_dancers_left_is_on_the_right_of_the_frame() -> None:
    truth = render(duration_s=0.1).truth()[0]
    assert truth[JOINTS.index("left_shoulder"), 0] > truth[JOINTS.index("right_shoulder"), 0] + 20


def test_without_light_every_pixel_is_black() -> None:
    assert not Scene((), Camera((64, 48)), lit=False).frame_at(1.0).any()


def test_bystander_crosses_without_touching_the_dancers_truth() -> None:
    alone = render(duration_s=8, fps=4)
    crowd = with_bystander(alone, enters_s=1.0)
    assert np.array_equal(crowd.truth(), alone.truth())
    walker = crowd.truth(1)[:, 1, 0]
    assert walker[0] < 0 < alone.camera.size[0] < walker[-1]
    assert not np.array_equal(crowd.frame_at(3.0), alone.frame_at(3.0))


def test_bystander_behind_the_dancer_is_partly_hidden() -> None:
    crowd = with_bystander(render("sunrise", "tall"), "child", enters_s=0.0)
    times = np.arange(0.5, 5, 0.75)
    assert not all(visible_joints(crowd, t, actor=1)[JOINTS.index("left_hip")] for t in times)
    assert all(visible_joints(crowd, t)[JOINTS.index("neck")] for t in times)


def test_nearly_all_joints_of_a_facing_dancer_are_seen() -> None:
    scene = render("sunrise", "instructor", fps=0.7)
    seen = np.array([visible_joints(scene, float(t_s)) for t_s in scene.times_s])
    assert seen.mean() > 0.97
    assert seen[0].all()


def test_turned_camera_hides_the_far_ear() -> None:
    camera = camera_for(body("tall"))
    turned = Camera(camera.size, camera.tall_m, camera.distance_m, camera.aim_m, yaw_deg=60.0)
    seen = visible_joints(render("sunrise", "tall", camera=turned), 0.5)
    assert seen[JOINTS.index("left_ear")]
    assert not seen[JOINTS.index("right_ear")]


def test_all_bodies_look_different() -> None:
    heights = {name: float(np.ptp(body(name).vertices[:13380, 1])) for name in LOOKS}
    assert heights["child"] < 1.45 < heights["short"] < heights["tall"]
    with pytest.raises(KeyError, match="stout"):
        body("giant")


def test_bystander_in_front_hides_the_dancer_for_a_moment() -> None:
    crowd = with_bystander(render("sunrise", "child"), "tall", enters_s=0.0, ahead_m=0.8)
    seen = [visible_joints(crowd, t)[JOINTS.index("neck")] for t in np.arange(0.6, 2.8, 0.1)]
    assert not all(seen)
    assert seen[0]
    assert seen[-1]
