"""A live class scored while it grows, and judged again at the end as a recorded lesson is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from rtc_server.scoring.attempt import Attempt, Mirror
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.scoring.growing import live_attempt
from rtc_server.scoring.growing.live_attempt import LiveAttempt
from rtc_server.scoring.growing.reference import GrowingReference
from rtc_server.scoring.reference import prepare_reference
from rtc_server.types import Pose, PoseTrack, Score
from tests.unit.rtc_server.dances import dance, detected, flipped, lesson, scored

LATENCY = 2  # samples by which the learner's poses come later than the teacher's


def late(track: PoseTrack, by_s: float) -> PoseTrack:
    """The same moves so much later."""
    rows = np.arange(len(track))
    at = np.clip(rows - by_s * 5, 0, len(track) - 1)
    left, part = np.floor(at).astype(int), (at - np.floor(at))[:, None, None]
    right = np.minimum(left + 1, len(track) - 1)
    xy = (track.xy[left] * (1 - part) + track.xy[right] * part).astype(np.float32)
    return PoseTrack(track.t_s, xy, track.confidence, track.aspect)


def danced(
    learner: PoseTrack, mirror: Mirror = "off", teacher: PoseTrack | None = None
) -> tuple[LiveAttempt, GrowingReference, list[Score | None]]:
    """A class in which both dance, and the live scores."""
    reference = GrowingReference()
    attempt, scores = LiveAttempt(reference, mirror), list[Score | None]()
    followers = learner.poses()
    for k, pose in enumerate((teacher or dance()).poses()):
        reference.add(pose)
        if reference.is_stale:
            reference.adopt(reference.measure())
        if k >= LATENCY:
            follower = followers[k - LATENCY]
            scores.append(attempt.score_sample(follower.captured_s, follower))
    return attempt, reference, scores


def known(scores: list[Score | None]) -> Iterator[Score]:
    return (score for score in scores if score is not None and score.score is not None)


@pytest.mark.parametrize("mirror", ["on", "off", "auto"])
def test_the_final_result_is_that_of_the_recorded_lesson_bit_for_bit(mirror: Mirror) -> None:
    learner = detected(dance(body="tall"), 5)
    attempt, reference, _ = danced(learner, mirror)
    attempt.judge(reference.measure())
    recorded = Attempt(prepare_reference(dance()), mirror)
    for pose in learner.poses()[: len(learner) - LATENCY]:
        recorded.add_sample(pose.captured_s, pose)
    assert attempt.summary(complete=True) == recorded.summary(complete=True)


def test_the_result_so_far_is_near_the_final_one() -> None:
    attempt, reference, _ = danced(detected(dance(body="tall"), 5))
    so_far = attempt.summary(complete=True).score
    attempt.judge(reference.measure())
    assert so_far == pytest.approx(attempt.summary(complete=True).score, abs=10)


def test_nothing_is_scored_in_the_first_8_seconds() -> None:
    _, _, scores = danced(dance(body="tall"))
    first = next(k for k, score in enumerate(scores) if score is not None)
    assert first / 5 >= 8.0
    assert all(score is None for score in scores[:first])


def test_a_learner_who_follows_is_scored_high_live() -> None:
    _, _, scores = danced(dance(body="tall"))
    assert np.median([score.score for score in known(scores) if score.score]) > 80


@pytest.mark.parametrize("other", ["harbour", "jacks"])
def test_another_dance_is_under_35_live_and_in_the_end(other: str) -> None:
    attempt, reference, scores = danced(dance(other))
    assert np.median([score.score for score in known(scores)]) < 35  # type: ignore[type-var]
    attempt.judge(reference.measure())
    assert attempt.summary(complete=True).score < 35


def test_a_learner_300_ms_late_is_told_so_live() -> None:
    _, _, scores = danced(late(dance(body="tall"), 0.3))
    told = [score.lag_ms for score in known(scores) if score.lag_ms is not None]
    assert np.median(told) == pytest.approx(300, abs=60)


def test_mirrored_or_not_is_told_apart() -> None:
    for learner, mirror in ((dance(body="tall"), "off"), (flipped(dance(body="tall")), "on")):
        attempt, reference, _ = danced(learner, "auto")
        assert attempt.summary(complete=True).mirror == mirror
        attempt.judge(reference.measure())
        assert attempt.summary(complete=True).mirror == mirror


def test_a_late_comer_is_scored_from_the_first_window_on() -> None:
    learner = dance(body="tall")
    reference = GrowingReference()
    attempt, first = LiveAttempt(reference, "off"), None
    for k, pose in enumerate(dance().poses()):
        reference.add(pose)
        if reference.is_stale:
            reference.adopt(reference.measure())
        if k >= 60:
            follower = learner.poses()[k - LATENCY]
            score = attempt.score_sample(follower.captured_s, follower)
            first = k if first is None and score is not None else first
    assert first is not None
    assert first <= 60 + 5  # a second


def test_moments_wait_for_a_teacher_whose_poses_stay_away_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_attempt, "MAX_WAITING", 5)
    reference = GrowingReference()
    attempt = LiveAttempt(reference, "off")
    for pose in dance().poses()[40:60]:
        assert attempt.score_sample(pose.captured_s, pose) is None
    for pose in dance().poses():
        reference.add(pose)
    reference.adopt(reference.measure())
    assert attempt.score_sample(12.0, dance().poses()[60]) is not None
    attempt.judge(reference.measure())
    assert attempt.samples == attempt.summary(complete=False).samples == 21  # all are judged


def test_after_a_stall_few_moments_are_scored_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    added = list[float]()
    monkeypatch.setattr(Attempt, "score_sample", lambda _self, at_s, _pose: added.append(at_s))
    reference = GrowingReference()
    attempt = LiveAttempt(reference, "off")
    for pose in dance().poses()[40:60]:
        attempt.add_sample(pose.captured_s, pose)
    for pose in dance().poses():
        reference.add(pose)
    attempt.add_sample(12.0, dance().poses()[60])
    assert len(added) == 4


def test_after_it_was_judged_no_more_moments_count() -> None:
    attempt, reference, _ = danced(dance(body="tall"))
    attempt.judge(reference.measure())
    before = attempt.summary(complete=True)
    attempt.add_sample(30.0, Pose.nobody(30.0))
    after = attempt.summary(complete=True)
    assert (after.score, after.samples) == (before.score, before.samples)
    assert after.dropped == before.dropped + 1


def test_the_result_keeps_its_name_and_what_was_dropped() -> None:
    attempt, reference, _ = danced(dance(body="tall"))
    name, attempt.dropped = attempt.id, 7
    attempt.judge(reference.measure())
    assert (attempt.id, attempt.dropped) == (name, 7)
    assert attempt.summary(complete=True).dropped == 7


def test_several_dancers_of_a_live_class_are_judged_each() -> None:
    reference = GrowingReference()
    for pose in dance().poses():
        reference.add(pose)
    group = GroupAttempt([reference] * 2, "off")
    other = dance("harbour").poses()
    for k, pose in enumerate(dance(body="tall").poses()):
        group.score_sample(pose.captured_s, [pose, other[k]])
    group.judge(reference.measure())
    followed, not_followed = group.summaries(complete=True)
    assert followed.score == scored(dance(body="tall"), reference=lesson()).score
    assert not_followed.score < 35
