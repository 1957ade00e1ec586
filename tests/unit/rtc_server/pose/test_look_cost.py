"""What a look is measured to cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rtc_server.pose.look_cost import (
    CHOOSING,
    DANCER,
    LOOKS,
    LookCost,
    measure_look_cost,
    read_frames,
)
from tf_pose.human import BodyPart, Human
from tf_pose.tracking.person_tracker import TrackerSettings

SEARCH_S, LOOK_S, NETWORK_S = 0.5, 0.010, 0.007


def person() -> Human:
    """Somebody who stands in the middle."""
    places = np.random.default_rng(1).uniform(0.4, 0.6, (18, 2))
    places[1], places[8], places[11] = (0.5, 0.3), (0.48, 0.55), (0.52, 0.55)
    parts = {k: BodyPart(f"0-{k}", k, float(x), float(y), 0.9) for k, (x, y) in enumerate(places)}
    return Human(parts, 0.9)


class FakeEstimator:
    """Takes known processor times: more for the whole image than for a crop."""

    target_size = (432, 368)

    def __init__(self) -> None:
        self.now_s = 0.0
        self.extra_s: list[float] = []  # something else that happens during looks
        self.looks: set[tuple[tuple[int, ...], int]] = set()
        self.network: list[tuple[tuple[int, ...], int]] = []

    def clock(self) -> float:
        return self.now_s

    def inference(
        self, _image: Any, *, size: tuple[int, int], stage: int = 6, **_: Any
    ) -> list[Human]:
        if stage != 6:
            self.looks.add(((size[1], size[0], 3), stage))
        self.now_s += SEARCH_S if stage == 6 else LOOK_S
        if stage != 6 and self.extra_s:
            self.now_s += self.extra_s.pop()
        return [person()]

    def run_network(self, image: Any, stage: int) -> Any:
        self.network.append((image.shape, stage))
        self.now_s += NETWORK_S

    def warm_up(self, *_: Any) -> None: ...


def measure(estimator: Any) -> LookCost:
    settings = TrackerSettings(crop_side=256, stage=4)
    return measure_look_cost(estimator, settings, estimator.clock)


def test_a_look_is_measured_as_sessions_look() -> None:
    estimator = FakeEstimator()
    cost = measure(estimator)
    assert cost.cpu_s == pytest.approx(LOOK_S)  # the searches before do not count
    assert cost.network_s == pytest.approx(NETWORK_S)
    assert cost.python_s == pytest.approx(LOOK_S - NETWORK_S)
    assert set(estimator.network) == estimator.looks
    assert all(stage == 4 and max(shape) == 256 for shape, stage in estimator.looks)


def test_what_happens_now_and_then_does_not_count() -> None:
    estimator = FakeEstimator()
    estimator.extra_s = [1.0] * (LOOKS // 3)
    assert measure(estimator).cpu_s == pytest.approx(LOOK_S)


def test_the_network_is_at_most_all_of_it() -> None:
    assert LookCost(cpu_s=0.01, network_s=0.02).python_s == 0.0


def test_the_dancer_is_there() -> None:
    times_s = [frame.time for frame in read_frames(DANCER, CHOOSING + LOOKS)]
    assert len(times_s) == CHOOSING + LOOKS
    assert np.diff(times_s) == pytest.approx(0.2, abs=0.05)
