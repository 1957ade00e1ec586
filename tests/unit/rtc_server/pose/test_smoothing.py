"""The One-Euro filter: calm at rest, quick in motion, and no joint is invented."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rtc_server.authoring.people.section_search import SectionPeople
from rtc_server.authoring.pose_extraction import track_instructors
from rtc_server.pose.smoothing import Smoother, smooth_track
from rtc_server.scoring.attempt import Attempt
from rtc_server.scoring.reference import prepare_reference
from rtc_server.types import Pose, PoseTrack
from tests.unit.rtc_server.dances import dance, moved, trembling
from tests.unit.rtc_server.scoring.test_window_score import LATE
from tools.dancer import perturbations

WRIST = 4


def still(seconds: float = 8.0) -> PoseTrack:
    """The dancer's first pose, held."""
    track, n = dance(), round(seconds * 5)
    xy = np.repeat(track.xy[:1], n, axis=0)
    return PoseTrack(np.arange(n) / 5, xy, track.confidence[:n], track.aspect)


def gliding(torsos_a_second: float) -> PoseTrack:
    """A wrist that glides to the right, everything else at rest."""
    track = still()
    torso = np.linalg.norm(track.xy[0, 1] - track.xy[0, [8, 11]].mean(axis=0))
    xy = track.xy.copy()
    xy[:, WRIST, 0] += (torsos_a_second * torso / track.aspect * track.t_s).astype(np.float32)
    return replace(track, xy=xy)


def roughness(track: PoseTrack) -> float:
    return float(np.sqrt((np.diff(track.xy, axis=0) ** 2).mean()))


def without(track: PoseTrack, first: int, end: int) -> PoseTrack:
    """The wrist is missing in those samples, and is elsewhere afterwards."""
    xy = track.xy.copy()
    xy[first:end, WRIST] = np.nan
    xy[end:, WRIST] += 0.02
    return replace(track, xy=xy)


def test_a_standing_person_trembles_less() -> None:
    rough = trembling(still(), 0.003)
    assert roughness(smooth_track(rough)) < 0.7 * roughness(rough)


def test_a_quick_hand_is_hardly_late() -> None:
    track = gliding(torsos_a_second=1.5)
    late = (track.xy - smooth_track(track).xy)[10:, WRIST, 0]
    by_sample = float(track.xy[1, WRIST, 0] - track.xy[0, WRIST, 0])
    assert 0 < late.mean() / by_sample * 200 < 10  # ms


def test_size_and_place_in_the_frame_do_not_matter() -> None:
    near, far = (trembling(dance(), 0.01), moved(trembling(dance(), 0.01), 0.4, 0.3, 0.2))
    again = moved(smooth_track(near), 0.4, 0.3, 0.2)
    np.testing.assert_allclose(smooth_track(far).xy, again.xy, atol=1e-5)


def test_a_missing_joint_stays_missing_and_continues_afterwards() -> None:
    track = without(still(), 10, 12)  # 0.6 s between the samples around it
    smoothed = smooth_track(track)
    np.testing.assert_array_equal(np.isnan(smoothed.xy), np.isnan(track.xy))
    assert not np.allclose(smoothed.xy[12, WRIST], track.xy[12, WRIST], atol=1e-4)


def test_a_joint_that_was_missing_for_long_starts_anew() -> None:
    track = without(still(), 10, 13)
    np.testing.assert_array_equal(smooth_track(track).xy[13, WRIST], track.xy[13, WRIST])


def test_a_time_that_goes_back_resets_the_filter() -> None:
    smoother, track = Smoother(), trembling(dance(), 0.01)
    for k in (0, 1, 2):
        smoother.smooth(Pose(50 + k / 5, track.xy[k], track.confidence[k], track.aspect))
    pose = Pose(3.0, track.xy[40], track.confidence[40], track.aspect)
    np.testing.assert_array_equal(smoother.smooth(pose).xy, pose.xy)


def test_a_time_that_repeats_gives_what_is_known_by_then() -> None:
    smoother, track = Smoother(), dance()
    first = smoother.smooth(Pose(1.0, track.xy[0], track.confidence[0]))
    again = smoother.smooth(Pose(1.0, track.xy[60], track.confidence[60]))
    np.testing.assert_array_equal(again.xy, first.xy)
    assert np.isfinite(smoother.smooth(Pose(1.2, track.xy[61], track.confidence[61])).xy).all()


def test_what_comes_later_changes_nothing_before() -> None:
    track = trembling(dance(), 0.01)
    half = PoseTrack(track.t_s[:60], track.xy[:60], track.confidence[:60], track.aspect)
    np.testing.assert_array_equal(smooth_track(half).xy, smooth_track(track).xy[:60])


def test_a_lesson_is_smoothed_as_a_learner_is_live() -> None:
    track = without(trembling(dance(), 0.01), 20, 30)
    times_s = track.t_s.tolist()
    seen = [
        Pose(t_s, xy, confidence, track.aspect)
        for t_s, xy, confidence in zip(times_s, track.xy, track.confidence, strict=True)
    ]
    section = SectionPeople(0, [{0: pose} for pose in seen], times_s, [False] * len(seen))
    (offline,) = track_instructors([section], track.aspect)
    smoother = Smoother()
    live = [smoother.smooth(pose).xy for pose in seen]
    np.testing.assert_array_equal(offline.xy, live)
    assert not np.array_equal(offline.xy, track.xy, equal_nan=True)


@pytest.mark.parametrize(("change", "lag_ms"), [(None, 0), (LATE, 300)])
def test_smoothing_both_sides_does_not_change_the_lag(change: object, lag_ms: float) -> None:
    reference = prepare_reference(smooth_track(trembling(dance(), 0.004, seed=2)))
    attempt = Attempt(reference, "off")
    learner = smooth_track(trembling(dance(change=change), 0.004))
    for t_s, xy, confidence in zip(
        learner.t_s.tolist(), learner.xy, learner.confidence, strict=True
    ):
        attempt.add_sample(t_s, Pose(t_s, xy, confidence, learner.aspect))
    summary = attempt.summary(complete=True)
    assert summary.lag_ms == pytest.approx(lag_ms, abs=20)
    assert summary.shape is not None and summary.shape > 95


def test_standing_still_does_not_pay_any_better() -> None:
    made = Attempt(prepare_reference(smooth_track(dance())), "off")
    learner = smooth_track(trembling(dance(change=perturbations.stands_still), 0.004))
    for t_s, xy, confidence in zip(
        learner.t_s.tolist(), learner.xy, learner.confidence, strict=True
    ):
        made.add_sample(t_s, Pose(t_s, xy, confidence, learner.aspect))
    assert made.summary(complete=True).score < 20


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.float32, (6, 18, 2), elements=st.floats(-2, 3, width=32) | st.just(np.nan)),
    st.lists(st.floats(-1, 3), min_size=6, max_size=6),
    st.floats(0.2, 4),
)
def test_any_poses_are_smoothed_and_no_joint_is_invented(
    xy: np.ndarray, times_s: list[float], aspect: float
) -> None:
    smoother = Smoother()
    for t_s, seen in zip(times_s, xy, strict=True):
        smoothed = smoother.smooth(Pose(t_s, seen, np.ones(18, np.float32), aspect)).xy
        found = np.isfinite(seen).all(axis=1)
        assert np.isnan(smoothed[~found]).all()
        assert (np.abs(smoothed[found] - 0.5) <= 2.5 + 1e-5).all()  # between places it was seen at
