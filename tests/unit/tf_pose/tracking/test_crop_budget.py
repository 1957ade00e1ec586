"""The largest crop that there is time for."""

import numpy as np
import pytest

from tf_pose.tracking.crop_budget import (
    CROP_SIDES,
    choose_crop,
    finest_side_within,
    measure_inference_ms,
)
from tf_pose.tracking.detection import TrackerSettings


@pytest.mark.parametrize(
    ("budget_ms", "side"), [(30, 256), (12, 224), (8, 192), (5, 160), (0, 160)]
)
def test_the_largest_crop_within_the_budget_is_chosen(budget_ms, side):
    costs = {256: 13.0, 224: 11.0, 192: 8.0}
    assert finest_side_within(budget_ms, lambda side: costs[side]) == side


def test_a_crop_over_the_budget_is_not_measured_further():
    asked = []
    finest_side_within(10, lambda side: asked.append(side) or 1.0)
    assert asked == [CROP_SIDES[0]]


class CountingEstimator:
    """Finds nobody, and records the sizes of its calls."""

    def __init__(self):
        self.sizes = []

    def inference(self, _npimg, *, size, **_):
        self.sizes.append(size)
        np.zeros(200_000).sum()
        return []


def test_the_time_is_measured_at_the_size_of_a_standing_person():
    counting = CountingEstimator()
    assert measure_inference_ms(counting, TrackerSettings(crop_side=256)) > 0
    assert set(counting.sizes) == {(144, 256)}


def test_only_the_crop_changes():
    settings = TrackerSettings(stage=3, margin=1.5)
    chosen = choose_crop(CountingEstimator(), settings, 1e9)
    assert chosen == TrackerSettings(stage=3, margin=1.5, crop_side=256)
    assert choose_crop(CountingEstimator(), settings, -1).crop_side == CROP_SIDES[-1]
