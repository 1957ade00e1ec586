"""An attempt scored live and offline: the same code and numbers, in little time and memory."""

import pickle
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtc_server.scoring.attempt import Attempt
from rtc_server.scoring.reference import prepare_reference
from rtc_server.types import Pose, PoseTrack
from tests.unit.rtc_server.dances import attempt, dance, detected, lesson, scored, taken

TEN_MINUTES = 3000  # samples


def long_lesson(samples: int) -> PoseTrack:
    """One dance after another, each a little different from the others."""
    chance = np.random.default_rng(7)
    rows = np.arange(samples) % 120
    track = dance()
    xy = track.xy[rows] + chance.normal(0, 0.005, (samples, 18, 2)).astype(np.float32)
    return PoseTrack(np.arange(samples) / 5, xy, track.confidence[rows], track.aspect)


def poses(track: PoseTrack) -> list[Pose]:
    rows = zip(track.t_s.tolist(), track.xy, track.confidence, strict=True)
    return [Pose(t_s, xy, confidence, track.aspect) for t_s, xy, confidence in rows]


@settings(max_examples=12, deadline=None)
@given(samples=st.integers(1, 120), mirror=st.sampled_from(["on", "off", "auto"]))
def test_the_summary_after_k_samples_is_the_offline_summary_of_the_same(
    samples: int, mirror: str
) -> None:
    learner = detected(dance(body="tall"), 5)
    live = Attempt(lesson(), mirror)  # type: ignore[arg-type]
    for pose in poses(learner)[:samples]:
        live.add_sample(pose.captured_s, pose)
    so_far = live.summary(complete=False)
    for pose in poses(learner)[samples:]:  # what comes later does not change what was
        live.add_sample(pose.captured_s, pose)
    again = attempt(taken(learner, range(samples)), mirror)  # type: ignore[arg-type]
    assert so_far == again.summary(complete=False)
    assert live.summary(complete=True) == scored(learner, mirror)  # type: ignore[arg-type]


def test_the_live_score_at_the_end_of_a_window_is_that_windows_score() -> None:
    learner = detected(dance(body="tall"), 5)
    live = Attempt(lesson(), "off")
    scores = {
        round(p.captured_s, 2): live.score_sample(p.captured_s, p).score for p in poses(learner)
    }
    timeline = live.summary(complete=True).timeline
    assert len(timeline) == 21
    for middle_s, score in timeline:
        assert scores[round(middle_s + 1.9, 2)] == pytest.approx(score, abs=0.06)


def test_windows_end_where_the_position_jumps() -> None:
    made = Attempt(lesson(), "off")
    for pose in poses(dance()):
        made.add_sample(pose.captured_s % 12 + 3, pose)  # the same twelve seconds twice
    middles = [middle_s for middle_s, _ in made.summary(complete=True).timeline]
    assert middles == pytest.approx([4.9 + k for k in range(9)])


def test_the_timeline_shows_the_last_time_of_a_repeated_second_and_all_times_count() -> None:
    """Badly at first, then well: the timeline shows the present skill, the score counts both."""
    good, bad = poses(dance(body="tall")), poses(dance("harbour"))
    made = Attempt(lesson(), "off")
    for k, pose in enumerate(bad[:60] + good[:60]):
        made.add_sample(k % 60 / 5, Pose(k / 5, pose.xy, pose.confidence, pose.aspect))
    summary = made.summary(complete=False)
    assert len(summary.timeline) == 9
    assert min(score for _, score in summary.timeline) >= 90
    assert 20 < summary.score < 80


def test_an_attempt_that_stops_early_is_not_a_whole_lesson() -> None:
    whole = scored(dance())
    start = scored(taken(dance(), range(15)))
    assert start.score < 50 < whole.score
    assert scored(taken(dance(), range(60))).score == pytest.approx(whole.score, abs=1)


def test_preparing_ten_minutes_needs_memory_for_samples_but_not_for_pairs() -> None:
    track = long_lesson(TEN_MINUTES)
    tracemalloc.start()
    reference = prepare_reference(track)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6  # all pairs of one limb alone would be 36 MB
    for name in ("angles_deg", "weight", "chance"):
        assert getattr(reference, name).shape == (TEN_MINUTES, 11)


def test_a_live_sample_costs_the_same_however_long_the_lesson_and_the_attempt() -> None:
    """Counted in calls of Python and NumPy, which do not depend on how busy the machine is."""

    def calls(samples: int, already: int) -> int:
        made = Attempt(prepare_reference(long_lesson(samples)), "off")
        learner = poses(long_lesson(already + 1))
        for pose in learner[:-1]:
            made.add_sample(pose.captured_s, pose)
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(counted)
        made.add_sample(learner[-1].captured_s, learner[-1])
        sys.setprofile(None)
        return count

    assert calls(1200, 400) <= 1.1 * calls(120, 60)


@pytest.mark.parametrize("seconds", [6, 1])
def test_a_loop_may_run_for_hours(seconds: int) -> None:
    """What is kept of an attempt does not grow with its length."""
    learner = poses(dance(body="tall"))

    def kept(samples: int) -> int:
        made = Attempt(lesson(), "off")
        for k in range(samples):
            pose = learner[k % (5 * seconds)]
            made.add_sample(k / 5 % seconds, Pose(k / 5, pose.xy, pose.confidence, pose.aspect))
        assert made.samples == samples and made.dropped == 0
        return len(pickle.dumps(made))

    assert kept(1200) <= kept(300) + 40_000  # the lags of windows: 3600 of them at most
    assert kept(1200) < 700_000


def test_a_position_that_stands_still_does_not_fill_the_memory() -> None:
    made = Attempt(lesson(), "off")
    for k in range(1500):
        made.add_sample(23.8, Pose.nobody(k / 5))
    assert len(pickle.dumps(made)) < 12_000_000
    assert made.summary(complete=True).grade is None
