import numpy as np
import pytest

from rtc_server.authoring.frame_sampler import SampledFrame
from rtc_server.client.side_by_side import (
    HALF_WAY,
    RIGHT,
    UNKNOWN,
    WRONG,
    _shift_samples,
    skill_colour,
)


@pytest.mark.parametrize(
    ("skill", "colour"),
    [(0.0, WRONG), (-2.0, WRONG), (0.5, HALF_WAY), (1.0, RIGHT), (3.0, RIGHT), (None, UNKNOWN)],
)
def test_each_skill_has_a_colour(skill: float | None, colour: tuple[int, int, int]) -> None:
    assert skill_colour(skill) == colour


@pytest.mark.parametrize(
    ("shift", "shown"),
    [(0, [0, 1, 2, 3, 4]), (-2, [0, 0, 0, 1, 2]), (2, [2, 3, 4, 5, 5]), (9, [5] * 5)],
)
def test_the_instructor_is_shown_with_the_learners_lag(shift: int, shown: list[int]) -> None:
    film = (SampledFrame(k, k / 5, np.zeros((2, 2, 3), np.uint8), 1.0) for k in range(6))
    assert [sample.k for sample in _shift_samples(film, 5, shift)] == shown
