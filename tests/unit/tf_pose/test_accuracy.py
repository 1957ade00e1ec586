"""Refined poses with real weights: of people in images, and of dancers whose joints are known."""

import numpy as np
import openvino
import pytest

from bench.pose.accuracy import distances_in_torsos, distances_px
from bench.pose.scenes import OVERHEAD, SCENES
from tf_pose.estimator import TfPoseEstimator
from tf_pose.geometry import Box, box_around
from tf_pose.networks import get_graph_path
from tf_pose.refinement import refine_people
from tools.dancer.scene import render

WRISTS = [4, 7]
TIMES_S = np.arange(4.0, 13.0, 1.5)


def frames(stage):
    """Frames and their true joints, (18, 2) pixels."""
    for t_s in TIMES_S:
        joints = stage.camera.project(stage.actors[0].joints_at(float(t_s)))[:, :2]
        yield stage.frame_at(float(t_s)), joints


def to_pixels(humans, image):
    (human,) = humans
    return human.arrays()[0] * image.shape[1::-1] - 0.5


def wrists_off(estimator, stage):
    """How far off both wrists are, (n, 2) torsos, estimated in the tight box of a person."""
    off = []
    for image, truth in frames(stage):
        found = to_pixels(estimator.inference(image, roi=box_around(truth)), image)
        off.append(distances_in_torsos(found[None], truth[None])[0, WRISTS])
    return np.array(off)


def test_a_tight_box_of_a_dancer_shows_both_wrists(estimator):
    off = wrists_off(estimator, render("sunrise", "instructor", size=(240, 320)))
    assert off.shape == (6, 2)
    assert off.max() < 0.1


def test_both_wrists_overhead_are_found_in_every_frame(estimator):
    off = wrists_off(estimator, SCENES[OVERHEAD].make_scene())
    assert off.shape == (6, 2)
    assert off.max() < 0.25


def test_inference_refines_each_person_in_a_crop(estimator, balancer):
    coarse = estimator.inference(balancer, refine=False)
    closer = refine_people(
        coarse, balancer, lambda region: estimator.inference(balancer, roi=region)
    )
    assert estimator.inference(balancer) == closer != coarse


def test_a_region_is_estimated_in_a_square_with_a_tenth_of_margin(estimator, balancer):
    region = Box(300, 500, 400, 900)
    square = Box(5, 455, 990, 990)
    humans = estimator.inference(balancer, roi=region)
    assert humans == estimator.inference(balancer, roi=square, size=(256, 256))
    assert humans


def test_upsampled_results_are_not_refined(estimator, balancer):
    exact = estimator.inference(balancer, upsample_size=4.0)
    assert exact == estimator.inference(balancer, upsample_size=4.0, refine=False)


@pytest.mark.skipif(
    "BF16" not in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"),
    reason="this processor has no bf16 units, so that there is nothing to compare with f32",
)
@pytest.mark.parametrize("region", ["whole", "crop"])
def test_bf16_moves_nine_of_ten_joints_by_less_than_a_percent_of_the_height(region):
    """Where two places are nearly a tie, the processor decides, and a joint moves by far more."""
    graph = get_graph_path("mobilenet_thin")
    exact, rough = (
        TfPoseEstimator(graph, threads=1, engine="openvino", precision=p) for p in ("f32", "bf16")
    )
    apart = []
    stage = render("sunrise", "tall", size=(240, 320))
    for image, truth in frames(stage):
        how = {"refine": False} if region == "whole" else {"roi": box_around(truth)}
        both = [to_pixels(e.inference(image, **how), image)[None] for e in (exact, rough)]
        apart += distances_px(*both).tolist()
    height_px = np.ptp(stage.actors[0].body.vertices[:, 1])
    height_px *= stage.camera.focal_px / stage.camera.distance_m
    assert len(apart) > 6 * 15
    assert 0 < np.median(apart) <= 0.0025 * height_px
    assert np.quantile(apart, 0.9) <= 0.01 * height_px
