"""What a class keeps of a learner's sample; with session hosts it crosses between them. Pure."""

from __future__ import annotations

from typing import TypedDict

from rtc_server.classes.hand_raise import HandRaise
from rtc_server.classes.tiles import fit_tile
from rtc_server.protocol.class_messages import TileJoint
from rtc_server.protocol.score_message import ScoreMessage


class ScoredSample(TypedDict):
    """What is shown of the last sample that was scored."""

    score: float | None
    lag_ms: float | None
    limbs: dict[str, float | None] | None
    coverage: float | None


class ClassSample(ScoredSample):
    """One sample."""

    lesson_s: float
    counts: bool  # it was scored, and the class was playing
    tile: list[TileJoint] | None
    raises_hand: bool  # both hands were held up


def read_sample(
    hands: HandRaise, now_s: float, message: ScoreMessage, aspect: float, *, is_playing: bool
) -> ClassSample:
    """Read the message of a sample.

    :param hands: of that learner.
    :param aspect: width / height of their camera's picture.
    :param is_playing: the class is.
    """
    return {
        "lesson_s": message["lesson_s"],
        "score": message["score"],
        "lag_ms": message["lag_ms"],
        "limbs": message["limbs"],
        "coverage": message["coverage"],
        "counts": is_playing and message["score"] is not None,
        "tile": fit_tile(message["pose"], aspect),
        "raises_hand": hands.update(now_s, message["pose"], message["target"]),
    }
