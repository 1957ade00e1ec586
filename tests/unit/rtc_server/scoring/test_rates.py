"""Slower lessons, and positions that jump: nothing reaches across a jump."""

from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rtc_server.scoring.attempt import Attempt, Mirror
from rtc_server.scoring.sample import SampleScorer
from rtc_server.scoring.summary import Summary
from rtc_server.types import Pose, PoseTrack, Score
from tests.unit.rtc_server.dances import dance, detected, lesson
from tools.dancer import perturbations
from tools.dancer.motion import Motion

RATES = (0.5, 0.75, 1.0)
LATE = partial(perturbations.delayed, delay_s=0.5)


def slowly(motion: Motion, rate: float, late_s: float = 0.0) -> Motion:
    """Follow a lesson that runs at `rate`, `late_s` of the learner's own time behind it."""
    return perturbations.delayed(perturbations.faster(motion, rate), late_s)


def at_rate(learner: PoseTrack, rate: float, mirror: Mirror = "off") -> Summary:
    made = Attempt(lesson(), mirror)
    for pose in learner.poses():
        made.add_sample(pose.captured_s * rate, pose, rate)
    return made.summary(complete=False)


def added(
    made: Attempt, poses: list[Pose], lesson_s: list[float], rate: float = 1.0
) -> list[Score]:
    return [made.score_sample(at_s, pose, rate) for at_s, pose in zip(lesson_s, poses, strict=True)]


@pytest.mark.parametrize("rate", RATES)
def test_following_scores_the_same_at_any_rate(rate: float) -> None:
    summary = at_rate(dance(body="tall", change=partial(slowly, rate=rate)), rate)
    assert summary.score >= 98 and summary.verdict == "well danced"
    assert summary.lag_ms == pytest.approx(0, abs=30)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("late_ms", [-400, 300, 600])
def test_lag_is_reported_in_the_learners_own_time(rate: float, late_ms: int) -> None:
    learner = dance(body="tall", change=partial(slowly, rate=rate, late_s=late_ms / 1000))
    summary = at_rate(learner, rate)
    assert summary.lag_ms == pytest.approx(late_ms, abs=60)


def test_dancing_at_full_speed_does_not_follow_a_slow_lesson() -> None:
    assert at_rate(dance(body="tall"), 0.5).score < 35


@pytest.mark.parametrize("rate", RATES)
def test_a_window_holds_as_much_of_the_lesson_at_any_rate(rate: float) -> None:
    learner = dance(body="tall", change=partial(slowly, rate=rate))
    summary = at_rate(learner, rate)
    assert len(summary.timeline) == 24 * rate - 3
    for passage in summary.best + summary.worst:
        assert passage.to_s - passage.from_s == pytest.approx(4 - rate / 5, abs=0.11)


@example(before=60, to=20, rate=1.0, pause_s=0.0)
@example(before=60, to=60, rate=0.5, pause_s=30.0)
@settings(max_examples=10, deadline=None)
@given(
    before=st.integers(1, 60),
    to=st.integers(0, 80),
    rate=st.sampled_from(RATES),
    pause_s=st.sampled_from([0.0, 30.0]),
)
def test_after_a_jump_samples_score_as_if_the_attempt_began_there(
    before: int, to: int, rate: float, pause_s: float
) -> None:
    """No window, derivative, held direction or usual lag reaches across it."""
    learner = detected(dance(body="tall", change=LATE), 5).poses()
    here = [k / 5 for k in range(before)]
    there = [to / 5 + k * rate / 5 for k in range(30)]
    if abs(there[0] - here[-1] - (0.2 + pause_s) * rate) <= 0.6 and rate == 1.0:
        return  # no jump at all
    late = [Pose(p.captured_s + pause_s, p.xy, p.confidence, p.aspect) for p in learner]
    made, anew = Attempt(lesson(), "off"), Attempt(lesson(), "off")
    added(made, learner[:before], here)
    jumped = added(made, late[before : before + 30], there, rate)
    assert jumped == added(anew, late[before : before + 30], there, rate)


def test_a_pause_begins_a_new_stretch_and_a_gap_in_the_samples_does_not() -> None:
    poses = [pose for k, pose in enumerate(dance().poses()[:40]) if not 10 <= k < 25]

    def stretches(positions: list[float]) -> set[int]:
        scorer = SampleScorer(lesson(), mirror=False)
        return {scorer.score(at, pose).stretch for at, pose in zip(positions, poses, strict=True)}

    assert len(stretches([pose.captured_s for pose in poses])) == 1
    assert len(stretches([k / 5 for k in range(25)])) == 2


def looped(k: int, rate: float = 1.0) -> float:
    """The position of sample k: six seconds of the lesson over and over."""
    return 8 + (k * rate / 5) % 6


@settings(max_examples=8, deadline=None)
@given(samples=st.integers(1, 110), rate=st.sampled_from(RATES))
def test_the_summary_of_a_loop_is_the_offline_summary_of_the_same_samples(
    samples: int, rate: float
) -> None:
    poses = detected(dance(body="tall"), 5).poses()[:samples]
    at_s = [looped(k, rate) for k in range(samples)]
    live, again = Attempt(lesson(), "auto"), Attempt(lesson(), "auto")
    scores, reports = [], []
    for lesson_s, pose in zip(at_s, poses, strict=True):
        scores.append(live.score_sample(lesson_s, pose, rate))
        reports.append(live.summary(complete=False) if len(scores) % 25 == 0 else None)
    assert added(again, poses, at_s, rate) == scores
    assert again.summary(complete=False) == live.summary(complete=False)


@pytest.mark.parametrize("rate", RATES)
def test_a_live_score_at_the_end_of_a_window_is_that_windows_score_in_a_loop_too(
    rate: float,
) -> None:
    made = Attempt(lesson(), "off")
    poses = detected(dance(body="tall"), 5).poses()
    at_s = [looped(k, rate) for k in range(len(poses))]
    places = [round(position, 2) for position in at_s]
    live = dict(zip(places, added(made, poses, at_s, rate), strict=True))  # the last of each
    passages = made.best_hypothesis().passages().in_lesson_order()
    assert len(passages) == 3  # windows from 8, 9 and 10 s; those of earlier rounds are not shown
    for passage in passages:
        assert live[passage.to_s].score == pytest.approx(passage.score, abs=0.051)


@pytest.mark.parametrize("seconds", [2, 6])
@pytest.mark.parametrize("late_s", [0.0, 0.4])
def test_a_loop_danced_well_scores_well(seconds: int, late_s: float) -> None:
    """A late learner still dances the loop's end when it begins again, which costs nothing."""
    once = dance(body="tall")
    made = Attempt(lesson(), "off")
    for k in range(90):
        row = round((8 + (k / 5 - late_s) % seconds) * 5)
        made.add_sample(
            8 + k / 5 % seconds, Pose(k / 5, once.xy[row], once.confidence[row], once.aspect)
        )
    summary = made.summary(complete=False)
    assert summary.shape is not None and summary.shape >= 98
    assert summary.lag_ms == pytest.approx(1000 * late_s, abs=60)


def test_the_side_is_chosen_after_enough_dancing_in_view_not_after_a_time() -> None:
    """Ten seconds without anybody in view say nothing about the side."""
    made = Attempt(lesson(), "auto")
    for pose in dance(body="tall").poses():
        absent = pose.captured_s < 10
        made.add_sample(pose.captured_s, Pose.nobody(pose.captured_s) if absent else pose)
    assert made.summary(complete=True).mirror == "off"


def halves(first: PoseTrack, rate: float, second: PoseTrack) -> float:
    """Shape of an attempt whose first half was danced at that rate."""
    made = Attempt(lesson(), "off")
    samples = round(60 / rate)
    added(made, first.poses()[:samples], [k * rate / 5 for k in range(samples)], rate)
    rest = second.poses()[60:]
    added(made, rest, [pose.captured_s for pose in rest])
    shape = made.summary(complete=True).shape
    assert shape is not None
    return shape


def test_half_of_a_lesson_at_half_speed_counts_as_much_as_at_full_speed() -> None:
    """A passage has no more weight because it took longer, whether it was danced or not."""
    good, still = dance(body="tall"), dance(change=perturbations.stands_still)
    slow = dance(body="tall", change=partial(slowly, rate=0.5))
    assert halves(still, 0.5, good) == pytest.approx(halves(still, 1.0, good), abs=3)
    # Slow movements are more alike half a second later, so that the baseline is higher.
    assert halves(slow, 0.5, still) == pytest.approx(halves(good, 1.0, still), abs=8)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_an_invalid_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Attempt(lesson(), "off").add_sample(0.0, Pose.nobody(0.0), rate)
