"""What must not pay: requirements 8 and 9 of docs/scoring.md, with exact joints and noisy ones."""

from functools import partial

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rtc_server.scoring import grades
from rtc_server.types import PoseTrack
from tests.unit.rtc_server.dances import (
    dance,
    detected,
    hidden,
    lesson,
    scored,
    taken,
)
from tests.unit.rtc_server.scoring.required_of_dances import DANCES, NOISY, each_dance, seen
from tools.dancer import perturbations

# 8


@settings(max_examples=20, deadline=None)
@given(moment=st.integers(0, 119), name=st.sampled_from(DANCES), noisy=st.booleans())
def test_8_holding_any_pose_of_the_lesson_does_not_pay(moment: int, name: str, noisy: bool) -> None:
    frozen = seen(taken(dance(name), [moment] * 120), noisy, moment)
    assert scored(frozen, "auto", lesson(name)).score < 30


@NOISY
@each_dance
def test_8_standing_still_does_not_pay(name: str, noisy: bool) -> None:
    still = seen(dance(name, "tall", perturbations.stands_still), noisy)
    summary = scored(still, "auto", lesson(name))
    assert summary.score < 20 and summary.grade == grades.KEEP_PRACTISING


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), name=st.sampled_from(DANCES))
def test_8_random_joints_and_shuffled_poses_do_not_pay(seed: int, name: str) -> None:
    chance = np.random.default_rng(seed)
    track = dance(name)
    nonsense = chance.uniform(0.1, 0.9, track.xy.shape).astype(np.float32)
    random = PoseTrack(track.t_s, nonsense, track.confidence, track.aspect)
    assert scored(random, "auto", lesson(name)).score < 10
    shuffled = taken(track, chance.permutation(len(track)))
    assert scored(shuffled, "auto", lesson(name)).score < 40


def test_8_an_empty_frame_scores_nothing_and_gets_no_grade() -> None:
    summary = scored(hidden(dance(), list(range(18))))
    assert (summary.score, summary.grade, summary.coverage) == (0.0, None, 0.0)


# 9


@settings(max_examples=25, deadline=None)
@given(joints=st.sets(st.integers(0, 17), min_size=1, max_size=9), name=st.sampled_from(DANCES))
def test_9_hiding_joints_never_pays(joints: set[int], name: str) -> None:
    learner = detected(dance(name, "tall", partial(perturbations.loose, degrees=12)), 3)
    whole = scored(learner, reference=lesson(name)).score
    assert scored(hidden(learner, sorted(joints)), reference=lesson(name)).score <= whole + 2


@each_dance
def test_9_legs_that_are_never_shown_cost_points(name: str) -> None:
    learner = dance(name, "tall")
    shown = scored(learner, reference=lesson(name)).score
    assert scored(hidden(learner, [9, 10, 12, 13]), reference=lesson(name)).score < shown - 3


@NOISY
@each_dance
def test_9_hiding_legs_that_stand_still_does_not_pay(name: str, noisy: bool) -> None:
    lazy = seen(dance(name, "tall", perturbations.legs_still), noisy)
    shown = scored(lazy, reference=lesson(name)).score
    assert scored(hidden(lazy, [9, 10, 12, 13]), reference=lesson(name)).score <= shown + 2
