"""Scores of exact joints: who gets how much, and with which hint."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rtc_server.feedback import STEP_INTO_VIEW, Hint
from rtc_server.scoring import limb_directions
from rtc_server.scoring.attempt import Attempt
from rtc_server.types import Pose, PoseTrack
from tests.unit.rtc_server.dances import (
    dance,
    lesson,
    moved,
    scored,
)
from tools.dancer import perturbations

LATE = partial(perturbations.delayed, delay_s=0.3)
EARLY = partial(perturbations.delayed, delay_s=-0.3)
HALF = partial(perturbations.scaled, amplitude=0.5)


def test_another_body_scores_as_well() -> None:
    assert scored(dance(body="tall")).score >= 95


def test_a_mirrored_learner_scores_the_same_with_mirror_on() -> None:
    track = dance()
    xy, confidence = limb_directions.mirror_pose(track.xy, track.confidence)
    mirrored = PoseTrack(track.t_s, xy, confidence, track.aspect)
    assert scored(mirrored, "on").score == pytest.approx(scored(track, "off").score, abs=0.1)
    assert scored(mirrored, "auto").mirror == "on"
    assert scored(track, "auto").mirror == "off"


def test_somebody_in_the_distance_is_not_scored() -> None:
    summary = scored(moved(dance(), 0.2, 0.4, 0.4))
    assert (summary.grade, summary.coverage) == (None, 0.0)


def test_the_wrong_limb_is_named_by_the_learners_own_side() -> None:
    still = dance(change=partial(perturbations.arm_still, side="left"))
    limbs = {name: value for name, value in scored(still).limbs.items() if value is not None}
    assert min(limbs, key=lambda name: limbs[name]) in ("left_forearm", "left_upper_arm")
    xy, confidence = limb_directions.mirror_pose(still.xy, still.confidence)
    mirrored = PoseTrack(still.t_s, xy, confidence, still.aspect)
    limbs = {n: v for n, v in scored(mirrored, "on").limbs.items() if v is not None}
    assert min(limbs, key=lambda name: limbs[name]) in ("right_forearm", "right_upper_arm")


def test_a_hint_names_the_limb_and_the_direction() -> None:
    still = dance(change=partial(perturbations.arm_still, side="left"))
    made = Attempt(lesson(), "off")
    hints = set()
    for t_s, xy, confidence in zip(still.t_s.tolist(), still.xy, still.confidence, strict=True):
        hints.add(made.score_sample(t_s, Pose(t_s, xy, confidence, still.aspect)).hint)
    assert hints & {Hint("raise", "left_arm"), Hint("raise", "left_forearm")}


def test_with_nobody_in_view_the_hint_is_to_step_into_view_without_a_label() -> None:
    made = Attempt(lesson(), "off")
    score = made.score_sample(1.0, Pose.nobody(1.0))
    assert (score.score, score.label, score.hint) == (None, None, STEP_INTO_VIEW)


@settings(max_examples=40, deadline=None)
@given(
    xy=arrays.arrays(np.float32, (6, 18, 2), elements=st.floats(-2, 3, width=32) | st.just(np.nan)),
    confidence=arrays.arrays(np.float32, (6, 18), elements=st.floats(0, 1, width=32)),
    from_s=st.floats(-5, 40),
    count=st.integers(0, 6),
)
def test_any_poses_give_a_finite_score_in_range(
    xy: np.ndarray, confidence: np.ndarray, from_s: float, count: int
) -> None:
    made = Attempt(lesson(), "auto")
    for k in range(count):
        live = made.score_sample(from_s + k / 5, Pose(k / 5, xy[k], confidence[k], 0.75))
        assert live.score is None or 0 <= live.score <= 100
        assert 0 <= live.coverage <= 1
    summary = made.summary(complete=False)
    assert 0 <= summary.score <= 100
    for part in (summary.shape, summary.timing, summary.energy):
        assert part is None or 0 <= part <= 100
