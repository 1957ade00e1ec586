"""What must hold of a score (docs/scoring.md), on exact joints."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rtc_server import matching, scoring
from rtc_server.hint import STEP_INTO_VIEW, Hint
from rtc_server.report import Attempt
from rtc_server.values import Pose, PoseTrack
from tests.unit.rtc_server.dances import (
    attempt,
    dance,
    hidden,
    lesson,
    moved,
    scored,
    trembling,
)
from tools.dancer import perturb

LATE = partial(perturb.delayed, delay_s=0.3)
EARLY = partial(perturb.delayed, delay_s=-0.3)
HALF = partial(perturb.scaled, amplitude=0.5)


def test_itself_scores_full() -> None:
    summary = scored(dance())
    assert summary.score >= 99 and summary.grade == "S"
    assert summary.coverage == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("place", [(1.0, 0.1, 0.0), (0.6, 0.2, 0.3), (1.3, -0.2, -0.1)])
def test_place_and_size_change_nothing(place: tuple[float, float, float]) -> None:
    assert scored(moved(dance(), *place)).score == pytest.approx(scored(dance()).score, abs=1)


def test_another_body_dances_as_well() -> None:
    assert scored(dance(body="tall")).score >= 95


def test_a_mirrored_learner_is_the_same_with_mirror_on() -> None:
    track = dance()
    xy, score = matching.mirrored(track.xy, track.score)
    mirrored = PoseTrack(track.t_s, xy, score, track.aspect)
    assert scored(mirrored, "on").score == pytest.approx(scored(track, "off").score, abs=0.1)
    assert scored(mirrored, "auto").mirror == "on"
    assert scored(track, "auto").mirror == "off"


def test_the_wrong_side_is_far_below_the_right_side() -> None:
    assert scored(dance(change=perturb.mirrored)).score < scored(dance()).score - 40


def test_more_noise_never_pays() -> None:
    scores = [scored(trembling(dance(), size)).score for size in (0, 0.01, 0.02, 0.04, 0.08)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] < scores[0] - 20


def test_smaller_movements_never_pay() -> None:
    sizes = [scored(dance(change=partial(perturb.scaled, amplitude=a))) for a in (1.0, 0.7, 0.4)]
    scores = [summary.score for summary in sizes]
    assert scores == sorted(scores, reverse=True) and scores[-1] < 60


@pytest.mark.parametrize(("change", "lag_ms"), [(LATE, 300), (EARLY, -300)])
def test_lateness_is_measured_and_costs_no_shape(change: object, lag_ms: float) -> None:
    summary = scored(dance(change=change))
    assert summary.lag_ms == pytest.approx(lag_ms, abs=60)
    assert summary.shape == pytest.approx(100, abs=3)
    assert summary.timing is not None and summary.timing < 90


def test_another_dance_is_told_apart() -> None:
    assert scored(dance("harbour")).score < 40


def test_standing_still_does_not_pay() -> None:
    summary = scored(dance(change=perturb.stands_still))
    assert summary.score < 20 and summary.grade == scoring.KEEP_PRACTISING


def test_random_and_shuffled_poses_do_not_pay() -> None:
    chance = np.random.default_rng(3)
    track = dance()
    nonsense = chance.uniform(0.2, 0.8, track.xy.shape).astype(np.float32)
    assert scored(PoseTrack(track.t_s, nonsense, track.score, track.aspect)).score < 10
    order = chance.permutation(len(track))
    shuffled = PoseTrack(track.t_s, track.xy[order], track.score[order], track.aspect)
    assert scored(shuffled).score < 40


def test_nobody_gets_nothing_and_no_grade() -> None:
    summary = scored(hidden(dance(), list(range(18))))
    assert (summary.score, summary.grade, summary.coverage) == (0.0, None, 0.0)
    assert summary.shape is None and summary.lag_ms is None


def test_somebody_in_the_distance_is_nobody() -> None:
    summary = scored(moved(dance(), 0.2, 0.4, 0.4))
    assert (summary.grade, summary.coverage) == (None, 0.0)


@pytest.mark.parametrize("joints", [[4], [7], [10, 13], [9, 10, 12, 13], [0, 14, 15, 16, 17]])
def test_hiding_joints_never_pays_much(joints: list[int]) -> None:
    noisy = trembling(dance(), 0.02)
    assert scored(hidden(noisy, joints)).score <= scored(noisy).score + 2


def test_dropped_samples_change_little() -> None:
    track = dance()
    keep = np.random.default_rng(5).random(len(track)) > 0.3
    thinned = PoseTrack(track.t_s[keep], track.xy[keep], track.score[keep], track.aspect)
    assert scored(thinned).score == pytest.approx(scored(track).score, abs=2)


def test_the_bad_limb_is_the_one_that_is_named_by_the_learners_own_side() -> None:
    still = dance(change=partial(perturb.arm_still, side="left"))
    limbs = {name: value for name, value in scored(still).limbs.items() if value is not None}
    assert min(limbs, key=lambda name: limbs[name]) in ("left_forearm", "left_upper_arm")
    xy, score = matching.mirrored(still.xy, still.score)
    mirrored = PoseTrack(still.t_s, xy, score, still.aspect)
    limbs = {n: v for n, v in scored(mirrored, "on").limbs.items() if v is not None}
    assert min(limbs, key=lambda name: limbs[name]) in ("right_forearm", "right_upper_arm")


def test_a_hint_names_the_limb_and_the_way() -> None:
    still = dance(change=partial(perturb.arm_still, side="left"))
    made = Attempt(lesson(), "off")
    hints = set()
    for t_s, xy, score in zip(still.t_s.tolist(), still.xy, still.score, strict=True):
        hints.add(made.add(t_s, Pose(t_s, xy, score, still.aspect)).hint)
    assert hints & {Hint("raise", "left_arm"), Hint("raise", "left_forearm")}


def test_live_says_step_into_view_and_gives_no_label() -> None:
    made = Attempt(lesson(), "off")
    score = made.add(1.0, Pose.nobody(1.0))
    assert (score.score, score.label, score.hint) == (None, None, STEP_INTO_VIEW)


def test_live_and_summary_agree_on_the_last_window() -> None:
    made = attempt(dance(change=HALF))
    live = scoring.live_score(made.chosen().samples, mirror=False)
    last = made.summary(complete=True).timeline[-1][1]
    assert live.score == pytest.approx(last, abs=5)


@settings(max_examples=40, deadline=None)
@given(
    xy=arrays.arrays(np.float32, (6, 18, 2), elements=st.floats(-2, 3, width=32) | st.just(np.nan)),
    score=arrays.arrays(np.float32, (6, 18), elements=st.floats(0, 1, width=32)),
    from_s=st.floats(-5, 40),
    count=st.integers(0, 6),
)
def test_whatever_comes_the_score_is_finite_and_in_range(
    xy: np.ndarray, score: np.ndarray, from_s: float, count: int
) -> None:
    made = Attempt(lesson(), "auto")
    for k in range(count):
        live = made.add(from_s + k / 5, Pose(k / 5, xy[k], score[k], 0.75))
        assert live.score is None or 0 <= live.score <= 100
        assert 0 <= live.coverage <= 1
    summary = made.summary(complete=False)
    assert 0 <= summary.score <= 100
    for part in (summary.shape, summary.timing, summary.energy):
        assert part is None or 0 <= part <= 100
