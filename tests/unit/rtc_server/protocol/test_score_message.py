import numpy as np
import pytest

from rtc_server.feedback import Hint
from rtc_server.protocol.score_message import ScoreMessage, build_joints, build_score
from rtc_server.protocol.server_messages import to_json
from rtc_server.types import Score


def score_message(score: Score | None = None, hint: Hint | None = None) -> ScoreMessage:
    return build_score(
        seq=3,
        dancer={},
        lesson_s=8.20049,
        score=score,
        hint=hint,
        framing={},
        pose=[],
        target=[],
        age_ms=96.4,
        skew_ms=None,
        sync="estimated",
        capture=None,
    )


def test_without_a_score_the_fields_that_belong_to_it_are_null() -> None:
    message = score_message()
    of_the_score = ("score", "shape", "timing", "energy", "label", "coverage", "lag_ms", "limbs")
    assert {message[name] for name in of_the_score} == {None}  # type: ignore[literal-required]
    assert (message["lesson_s"], message["age_ms"]) == (8.2, 96)


def test_figures_are_short() -> None:
    score = Score(87.123, 91.4, 84.0, 79.5, 0.9349, -12.6, {"head": 0.354}, "great", None)
    text = to_json(score_message(score))
    assert '"score":87.1,"shape":91,"timing":84,"energy":80,"label":"great"' in text
    assert '"coverage":0.93,"lag_ms":-13,"limbs":{"head":0.35}' in text


def test_advice_says_what_the_hint_says() -> None:
    message = score_message(hint=Hint("raise", "left_forearm"))
    assert message["hint"] == "raise your left forearm"
    assert message["advice"] == {"kind": "raise", "part": "left_forearm"}


@pytest.mark.parametrize(
    ("confidence", "joint"),
    [(0.84, [0.123, 0.25, 0.8]), (0.01, [0.123, 0.25, 0.1]), (0.0, [None, None, 0])],
)
def test_a_joint_that_is_seen_has_some_confidence(
    confidence: float, joint: list[float | None]
) -> None:
    xy = np.array([[0.1234, 0.25]], np.float32)
    assert build_joints(xy, np.array([confidence], np.float32)) == [joint]


def test_a_missing_joint_has_no_position() -> None:
    xy = np.full((1, 2), np.nan, np.float32)
    assert build_joints(xy, np.array([0.5], np.float32)) == [[None, None, 0]]
