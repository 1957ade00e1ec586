"""The `score` message, the only one on the channel `scores`. Pure.

It has to fit one packet of SCTP (1160 bytes), because a message split over two packets is about
twice as likely to be lost. Therefore its figures are short.
"""

from __future__ import annotations

from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from rtc_server.feedback import Hint, HintKind
from rtc_server.types import Score

SyncSource = Literal["measured", "estimated"]  # how the lesson position on the screen is known
CaptureSource = Literal["reports", "arrivals", "client"]  # how the time of capture is known
Joint = list[float | None]  # [x, y, confidence]: 0..1 of the frame; missing: [null, null, 0]


class AdviceFields(TypedDict):
    kind: HintKind
    part: str | None


class FramingFields(TypedDict, total=False):
    """What keeps the learner from being seen well, the most serious first; absent while playing."""

    framing: list[str] | None


class DancerFields(TypedDict, total=False):
    """Which of several dancers it is about, from 0 on; absent in a session of one learner."""

    dancer: int


class CaptureFields(TypedDict, total=False):
    """How the moment of capture is known; a dancer's number takes its room in the packet."""

    capture: CaptureSource | None


class ScoreMessage(FramingFields, DancerFields, CaptureFields):
    """One sample; `score` and the fields that belong to it are null while nothing is scored."""

    type: Literal["score"]
    seq: int
    lesson_s: float
    score: float | None  # 0..100, as the next three
    shape: float | None
    timing: float | None
    energy: float | None
    label: str | None
    coverage: float | None  # 0..1
    lag_ms: float | None  # how late the learner moves; negative when early
    limbs: dict[str, float | None] | None  # 0..1
    hint: str | None
    advice: AdviceFields | None
    pose: list[Joint]  # 18 joints in the webcam's frame
    target: list[Joint]  # 18 joints in the instructor's frame
    age_ms: float | None  # from the capture to this message
    skew_ms: float | None  # the error of `lesson_s`, where it is measured
    sync: SyncSource


def build_score(
    *,
    seq: int,
    dancer: DancerFields,
    lesson_s: float,
    score: Score | None,
    hint: Hint | None,
    framing: FramingFields,
    pose: list[Joint],
    target: list[Joint],
    age_ms: float,
    skew_ms: float | None,
    sync: SyncSource,
    capture: CaptureSource | None,
) -> ScoreMessage:
    """A `score` message; without a score it still has the learner's pose."""
    captured: CaptureFields = {} if dancer else {"capture": capture}
    return {
        "type": "score",
        "seq": seq,
        **dancer,
        "lesson_s": round(lesson_s, 3),
        "score": _short(score.score) if score else None,
        "shape": _short(score.shape, 0) if score else None,
        "timing": _short(score.timing, 0) if score else None,
        "energy": _short(score.energy, 0) if score else None,
        "label": score.label if score else None,
        "coverage": _short(score.coverage, 2) if score else None,
        "lag_ms": _short(score.lag_ms, 0) if score else None,
        "limbs": {limb: _short(skill, 2) for limb, skill in score.limbs.items()} if score else None,
        "hint": hint.sentence if hint else None,
        "advice": {"kind": hint.kind, "part": hint.part} if hint else None,
        **framing,
        "pose": pose,
        "target": target,
        "age_ms": _short(age_ms, 0),
        "skew_ms": _short(skew_ms, 0),
        "sync": sync,
        **captured,
    }


def build_joints(xy: NDArray[np.float32], confidence: NDArray[np.float32]) -> list[Joint]:
    """18 × [x, y, confidence]; a joint that is seen has a confidence of at least 0.1."""
    known = (confidence > 0) & np.isfinite(xy[:, 0])
    # All at once: number by number it took as long as the rest of a message. In 64 bits, because a
    # rounded number of 32 has sixteen digits in JSON; and 1 for 1.0, so that a score fits a packet.
    places = np.round(xy.astype(np.float64), 3).tolist()
    certain = np.round(np.maximum(confidence, 0.1).astype(np.float64), 1).tolist()
    return [
        [x, y, 1 if c == 1 else c] if k else [None, None, 0]
        for (x, y), c, k in zip(places, certain, known.tolist(), strict=True)
    ]


def _short(value: float | None, digits: int = 1) -> float | None:
    """Rounded, and without ".0" in JSON."""
    if value is None:
        return None
    rounded = round(value, digits)
    return int(rounded) if rounded == int(rounded) else rounded
