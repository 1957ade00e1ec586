"""Finding when a recording without a lesson clock began."""

import numpy as np
import pytest

from rtc_server.client.comparison import find_offset_s
from rtc_server.types import PoseTrack
from tests.unit.rtc_server.dances import dance, detected, flipped, lesson


def begin_early(track: PoseTrack, early_s: float) -> PoseTrack:
    """A recording that began before the lesson, with nobody in view until then; negative: after."""
    rows = round(early_s * 5)
    if rows < 0:
        return PoseTrack(track.t_s[:rows], track.xy[-rows:], track.confidence[-rows:], track.aspect)
    empty = np.full((rows, 18, 2), np.nan, np.float32)
    xy = np.concatenate([empty, track.xy])
    confidence = np.concatenate([np.zeros((rows, 18), np.float32), track.confidence])
    return PoseTrack(np.arange(len(xy)) / 5, xy, confidence, track.aspect)


@pytest.mark.parametrize("early_s", [-4.4, -2.0, 1.6, 3.0, 5.0])
def test_a_recording_that_began_seconds_off_is_found(early_s: float) -> None:
    learner = begin_early(flipped(detected(dance(body="tall"))), early_s)
    assert find_offset_s(learner, lesson(), "auto") == pytest.approx(early_s, abs=0.1)


@pytest.mark.parametrize("late_s", [0.0, -0.4, 0.6])
def test_an_offset_below_a_second_counts_as_the_learners_lag(late_s: float) -> None:
    assert find_offset_s(begin_early(dance(body="tall"), late_s), lesson(), "off") == 0


def test_another_dance_has_no_offset() -> None:
    assert find_offset_s(detected(dance("harbour", "tall")), lesson(), "auto") == 0
