"""The estimator, as code written for tf-pose uses it, with real weights on real images."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.live_pose import PRECISION
from tests.unit.tf_pose import reference
from tf_pose import common
from tf_pose.engines import open_engine
from tf_pose.errors import BadImage, BadSize
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path, model_wh
from tf_pose.skeleton import CocoPart

NECK, R_HIP = CocoPart.Neck.value, CocoPart.RHip.value


def joint_distances(a, b, shape):
    """Distances between the joints of two people, in parts of the image's diagonal."""
    d = (a.arrays()[0] - b.arrays()[0]) * [shape[1], shape[0]]
    return np.hypot(*d.T) / np.hypot(*shape[:2])


def test_code_written_for_tf_pose_runs(balancer):
    graph, size = get_graph_path("mobilenet_thin"), model_wh("432x368")
    e = TfPoseEstimator(graph, target_size=size, precision=PRECISION)
    image = balancer.copy()
    humans = e.inference(image, resize_to_default=True, upsample_size=4.0)
    drawn = TfPoseEstimator.draw_humans(image, humans, imgcopy=False)
    assert drawn is image
    assert not np.array_equal(image, balancer)
    human = max(humans, key=lambda human: human.part_count())
    assert human.part_count() >= 12
    assert human.score > 0.5
    for index in range(common.CocoPart.Background.value):
        if index in human.body_parts.keys():  # noqa: SIM118 — what users write
            part = human.body_parts[index]
            assert part.part_idx == index
            assert part.get_part_name() is common.CocoPart(index)
            assert 0 <= part.x <= 1 and 0 <= part.y <= 1 and 0 < part.score <= 1.1


def test_the_head_is_above_the_hips_and_these_above_the_ankles(estimator, balancer):
    human = max(estimator.inference(balancer), key=lambda human: human.part_count())
    y = human.arrays()[0][:, 1]
    assert np.nanmin(y[[0, 14, 15, 16, 17]]) < y[NECK] < y[R_HIP] < np.nanmax(y[[10, 13]])


@pytest.mark.parametrize("engine", ["openvino", "tensorflow"])
@pytest.mark.parametrize("name", ["walker", "balancer"])
def test_agrees_with_the_literal_algorithm(engine, name, request):
    image = request.getfixturevalue(name)
    graph = get_graph_path("mobilenet_thin")
    size = (216, 184)  # half of the usual, for the literal one's sake
    how = {"threads": 1, "precision": PRECISION if engine == "openvino" else "f32"}
    ours = TfPoseEstimator(graph, size, engine=engine, **how).inference(image, upsample_size=4.0)
    shown = cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)
    maps = open_engine(engine, Path(graph), **how).run(shown[None])[0]
    expected = reference.people_of(maps, 92, 108)
    assert len(ours) == len(expected) > 0
    for human, (parts, score) in zip(ours, expected, strict=True):
        assert human.body_parts.keys() == parts.keys()
        assert human.score == pytest.approx(score, abs=1e-4)
        for index, (x, y, part_score) in parts.items():
            part = human.body_parts[index]
            assert (part.x, part.y) == pytest.approx((x, y), abs=1e-6)
            assert part.score == pytest.approx(part_score, abs=1e-4)


def test_maps_at_their_own_resolution_show_the_same_people(estimator, balancer, walker):
    for image in (balancer, walker):
        exact = estimator.inference(image, upsample_size=4.0)
        plain = estimator.inference(image, refine=False)
        assert len(plain) == len(exact) > 0
        for a, b in zip(exact, plain, strict=True):
            d = joint_distances(a, b, image.shape)
            common_joints = np.isfinite(d)
            assert common_joints.sum() >= 0.9 * a.part_count()
            assert np.quantile(d[common_joints], 0.9) < 0.01


def test_refinement_finds_more_joints_of_the_same_people(estimator, balancer, walker):
    for image in (balancer, walker):
        plain, closer = estimator.inference(image, refine=False), estimator.inference(image)
        assert len(closer) == len(plain) > 0
        for a, b in zip(plain, closer, strict=True):
            assert b.part_count() >= a.part_count()
            assert np.nanmedian(joint_distances(a, b, image.shape)) < 0.05


def test_a_region_gives_joints_in_coordinates_of_the_whole_image(estimator, balancer):
    whole = max(estimator.inference(balancer), key=lambda h: h.part_count())
    box = whole.arrays()[0] * [balancer.shape[1], balancer.shape[0]]
    (x, y), (right, bottom) = np.nanmin(box, axis=0), np.nanmax(box, axis=0)
    w, h = right - x, bottom - y
    roi = (x - 0.3 * w, y - 0.2 * h, 1.6 * w, 1.4 * h)
    near = max(estimator.inference(balancer, roi=roi), key=lambda h: h.part_count())
    assert near.part_count() >= whole.part_count()
    assert np.nanmedian(joint_distances(whole, near, balancer.shape)) < 0.01


def test_a_region_may_reach_beyond_the_image(estimator, balancer):
    height, width = balancer.shape[:2]
    wide = estimator.inference(balancer, roi=(-width, 0, 3 * width, height), size=(480, 288))
    plain = max(estimator.inference(balancer), key=lambda h: h.part_count())
    best = min(np.nanmedian(joint_distances(plain, human, balancer.shape)) for human in wide)
    assert best < 0.02


def test_eight_threads_find_what_one_finds(estimator, balancer, walker):
    work = [balancer, walker] * 4
    alone = [estimator.inference(image, size=(216, 184)) for image in work]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda im: estimator.inference(im, size=(216, 184)), work))
    for one, other in zip(alone, together, strict=True):
        assert len(one) == len(other) > 0
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a.arrays()[0], b.arrays()[0])


def test_the_images_size_need_not_be_a_multiple_of_eight(estimator, balancer):
    small = cv2.resize(balancer, (203, 361), interpolation=cv2.INTER_AREA)
    humans = estimator.inference(small, resize_to_default=False, upsample_size=4.0)
    assert max(human.part_count() for human in humans) >= 10


def test_nobody_is_found_in_an_empty_room(estimator):
    assert estimator.inference(np.full((240, 320, 3), 90, np.uint8)) == []


@pytest.mark.parametrize(
    ("image", "got"),
    [
        (None, "NoneType"),
        (np.zeros((4, 4), np.uint8), r"\(4, 4\)"),
        (np.zeros((4, 4, 4), np.uint8), r"\(4, 4, 4\)"),
        (np.zeros((4, 4, 3), np.float32), "float32"),
        (np.zeros((0, 4, 3), np.uint8), r"\(0, 4, 3\)"),
    ],
)
def test_something_that_is_not_an_image_is_refused(estimator, image, got):
    with pytest.raises(BadImage, match=rf"expected \(H, W, 3\) uint8 BGR, got .*{got}"):
        estimator.inference(image)


@pytest.mark.parametrize(
    "asked",
    [
        {"stage": 0},
        {"stage": 7},
        {"upsample_size": 0.0},
        {"size": (0, 8)},
        {"roi": (0, 0, 0, 5)},
        {"roi": (0, 0, float("nan"), 5)},
        {"roi": (9999, 9999, 10, 10)},
    ],
)
def test_invalid_sizes_regions_and_stages_are_refused(estimator, asked):
    with pytest.raises(BadSize, match="expected"):
        estimator.inference(np.zeros((16, 16, 3), np.uint8), **asked)


def test_importing_loads_no_engine_and_prints_nothing():
    code = (
        "import sys, tf_pose.estimator, tf_pose.networks, tf_pose.common\n"
        "import tf_pose.tracking.person_tracker\n"
        "import logging\n"
        "heavy = {'tensorflow', 'openvino', 'rtc_server'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "assert not logging.getLogger('tf_pose').handlers\n"
        "assert not logging.root.handlers\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class SettledEngine:
    """An engine that only says which one it is, and remembers what it was warmed up for."""

    name = "openvino"

    def __init__(self, precision):
        self.precision = "f32" if precision == "auto" else precision
        self.warm = {}

    def warm_up(self, shapes, stage):
        self.warm.setdefault(stage, set()).update(shapes)


@pytest.mark.parametrize(
    ("asked", "found", "then"),
    [("auto", "int8", "int8"), ("auto", "f32", "f32"), ("f32", "int8", "f32")],
)
def test_only_an_automatic_precision_settles(monkeypatch, asked, found, then):
    monkeypatch.setattr(
        "tf_pose.estimator.open_engine", lambda *_, precision, **__: SettledEngine(precision)
    )
    monkeypatch.setattr("tf_pose.estimator.find_true_precision", lambda *_: found)
    settled = TfPoseEstimator("graph.pb", precision=asked)
    settled.warm_up([(192, 256)], stage=4)
    assert settled.settle_precision() is (then != "f32")
    assert settled.precision == then
    assert settled._engine.warm == {4: {(1, 256, 192)}}


def test_an_estimator_stays_as_it_is_when_a_checkpoint_ends_the_change(monkeypatch):
    monkeypatch.setattr(
        "tf_pose.estimator.open_engine", lambda *_, precision, **__: SettledEngine(precision)
    )
    monkeypatch.setattr("tf_pose.estimator.find_true_precision", lambda *_: "int8")
    estimator = TfPoseEstimator("graph.pb")
    estimator.warm_up([(192, 256)], stage=4)

    def stop():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        estimator.settle_precision(stop)
    assert estimator.precision == "f32"
