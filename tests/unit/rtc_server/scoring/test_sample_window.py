"""The short ways to a score give the same bits as the long ones."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from rtc_server.scoring.interpolation import find_neighbour, find_neighbours
from rtc_server.scoring.limb_directions import limb_angles_deg, near_limb_angles_deg
from rtc_server.scoring.limbs import LIMB_COUNT
from rtc_server.scoring.sample import SampleScore, SampleScorer
from rtc_server.scoring.window_score import SampleWindow, score_window
from rtc_server.types import Pose
from tests.unit.rtc_server.dances import dance, lesson

DOUBT = 0.34


def score_samples(count: int) -> tuple[list[SampleScore], SampleScorer]:
    """The first samples of somebody who trembles, and now and then is not seen."""
    track, chance = dance(), np.random.default_rng(2)
    scorer = SampleScorer(lesson(), mirror=False)
    samples = []
    for k, t_s in enumerate(track.t_s[:count].tolist()):
        xy = (track.xy[k] + chance.normal(0, 0.01, track.xy[k].shape)).astype(np.float32)
        confidence = np.where(chance.random(18) < 0.1, 0, track.confidence[k]).astype(np.float32)
        samples.append(scorer.score(t_s, Pose(t_s, xy, confidence, track.aspect)))
    return samples, scorer


@pytest.mark.parametrize("count", [1, 7, 20])
def test_a_window_is_scored_as_if_its_samples_were_added_up_one_by_one(count: int) -> None:
    samples, scorer = score_samples(40)
    dance_now = scorer.recent_dance()
    newest = samples[-count:]
    result = score_window(SampleWindow.of(newest), dance_now, DOUBT)
    assert result is not None
    assert repr(astuple(score_window(SampleWindow.of(samples).last(count), dance_now, DOUBT))) == (
        repr(astuple(result))
    )
    sides = [float(sum(s.side_points[lag].sum() for s in newest)) for lag in range(21)]
    assert result.side_points in sides
    assert result.evidence == float(np.sum([s.evidence for s in newest], axis=0)[10].sum())
    assert result.parts.energy == dance_now.motion.energy()


def test_one_position_has_the_neighbours_that_it_has_among_many() -> None:
    t_s = np.cumsum(np.random.default_rng(3).random(50))
    at_s = np.concatenate([[-1.0, 0.0, 99.0], t_s, np.random.default_rng(4).random(200) * 30])
    many = zip(*(array.tolist() for array in find_neighbours(t_s, at_s)), strict=True)
    assert [find_neighbour(t_s, one) for one in at_s.tolist()] == list(many)
    assert find_neighbour(np.array([2.0]), 5.0) == (0, 0, 0.0)


def test_somebody_near_has_the_directions_of_anybody_and_somebody_far_away_none() -> None:
    track = dance()
    for xy, confidence in zip(track.xy[:20], track.confidence, strict=False):
        near = near_limb_angles_deg(xy, confidence, track.aspect)
        assert np.array_equal(near, limb_angles_deg(xy, confidence, track.aspect), equal_nan=True)
        assert near.dtype == np.float32 and not np.isnan(near).all()
        far = near_limb_angles_deg(xy * 0.1, confidence, track.aspect)
        assert far.shape == (LIMB_COUNT,) and np.isnan(far).all()
