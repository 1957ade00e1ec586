"""The messages that the server sends on `control`, and the JSON of every message. Pure.

A value that is not known is null. Figures are rounded here; callers pass them unrounded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict, get_args

from rtc_server import PROTOCOL, __version__
from rtc_server.feedback import Finding, FindingKind
from rtc_server.lessons.lesson import Lesson
from rtc_server.protocol.camera_messages import CameraStatus, PhoneFraming
from rtc_server.protocol.class_messages import ClassNews

PlaybackState = Literal["ready", "counting", "playing", "paused", "ended"]
PLAYBACK_STATES: tuple[PlaybackState, ...] = get_args(PlaybackState)
# How a session ends; the page has words for each.
EndReason = Literal[
    "finished",
    "stopped",
    "left",
    "server stopping",
    "never connected",
    "vanished",
    "failed",
    "closed",
    "lost",
    "replaced",
    "flooding",
    "misuse",
    "revoked",
    "class ended",
    "refused",
]
END_REASONS: tuple[EndReason, ...] = get_args(EndReason)
# What a client takes that does not say otherwise (RFC 8841, 6.1); no message of ours is larger.
MAX_SENT_BYTES = 64 * 1024
MAX_TIMELINE_POINTS = 2500  # one a second, of 40 minutes; of a longer lesson every second or third
# Why the lesson waits, when it is not the learner who paused.
PauseReason = Literal["connection", "camera", "teacher"]
CalibrationProblem = Literal["unseen", "slow", "not_followed", "unsteady", "early", "late"]


class LessonFields(TypedDict):
    id: str
    title: str
    duration_s: float
    width: int
    height: int


class ResumedFields(TypedDict):
    """Where a resumed session continues."""

    lesson_s: float
    samples: int


class WelcomeMessage(TypedDict):
    """The answer to `hello`."""

    type: Literal["welcome"]
    protocol: int
    version: str
    session: str
    lesson: LessonFields
    pose_fps: float
    rates: tuple[float, ...]
    dancers: int  # whom the camera is to show
    resumed: ResumedFields | None  # null for a session that begins anew


class PongMessage(TypedDict):
    type: Literal["pong"]
    t0_ms: float  # copied from the `ping`
    t1_ms: float  # the server's clock when the `ping` came
    t2_ms: float  # the server's clock when this was sent


class StateMessage(TypedDict):
    """Sent on every change of the playback."""

    type: Literal["state"]
    state: PlaybackState
    lesson_s: float
    rate: float  # lesson seconds per second
    loop: list[float] | None  # the passage that is repeated: [from, to] in lesson seconds
    countdown_s: NotRequired[int]  # while counting
    reason: NotRequired[EndReason | PauseReason]


class ErrorMessage(TypedDict):
    type: Literal["error"]
    code: str
    message: str
    status: NotRequired[int]  # HTTP's, where a WebSocket is refused
    retry_after_s: NotRequired[int]


class CalibratedMessage(TypedDict):
    """The result of the raise-your-arms check."""

    type: Literal["calibrated"]
    latency_ms: float | None  # null where `problem` says why
    spread_ms: float | None  # about the standard deviation of one cycle
    cycles: int  # that could be evaluated
    problem: CalibrationProblem | None


class PassageFields(TypedDict):
    from_s: float
    to_s: float
    score: float


class FindingFields(TypedDict):
    kind: FindingKind
    parts: list[str]
    amount: float | None
    sentence: str


class SummaryFields(TypedDict):
    """The whole attempt of one dancer."""

    score: float  # 0..100, as the next three
    shape: float | None
    timing: float | None
    energy: float | None
    grade: str | None
    coverage: float  # 0..1
    lag_ms: float | None
    samples: int
    dropped: int  # samples that came due while playing and were not scored
    limbs: dict[str, float | None]  # 0..1
    best: list[PassageFields]
    worst: list[PassageFields]
    timeline: list[tuple[float, float]]  # (lesson_s, score)
    mirror: str
    complete: bool
    verdict: str
    findings: list[FindingFields]


class DancerSummaryFields(SummaryFields):
    """The same of one of several dancers."""

    dancer: int  # from 0 on


class GroupPassageFields(TypedDict):
    """How several dancers danced one passage."""

    from_s: float
    to_s: float
    scores: list[float | None]  # of each dancer; null where they were not in view
    best: int | None  # whose was clearly the best; null if nobody's was


class SummaryMessage(SummaryFields):
    """The whole attempt; sent once, after `state ended`. Of several dancers, the first one's."""

    type: Literal["summary"]
    dancers: NotRequired[list[DancerSummaryFields]]
    passages: NotRequired[list[GroupPassageFields]]


ServerControlMessage = (
    WelcomeMessage
    | PongMessage
    | StateMessage
    | ErrorMessage
    | CalibratedMessage
    | SummaryMessage
    | CameraStatus
    | PhoneFraming
    | ClassNews
)


def to_json(message: Mapping[str, Any]) -> str:
    """Write a message; a number that is not finite becomes null, because JSON has none."""
    try:
        return json.dumps(message, separators=(",", ":"), allow_nan=False)
    except ValueError:  # seldom: looking for such numbers in each message takes longer than writing
        return json.dumps(_without_nan(message), separators=(",", ":"), allow_nan=False)


def build_welcome(
    session: str, lesson: Lesson, pose_fps: float, dancers: int, resumed: ResumedFields | None
) -> WelcomeMessage:
    return {
        "type": "welcome",
        "protocol": PROTOCOL,
        "version": __version__,
        "session": session,
        "lesson": {
            "id": lesson.id,
            "title": lesson.title,
            "duration_s": lesson.duration_s,
            "width": lesson.width,
            "height": lesson.height,
        },
        "pose_fps": pose_fps,
        "rates": lesson.rates,
        "dancers": dancers,
        "resumed": resumed,
    }


def build_pong(t0_ms: float, t1_ms: float, t2_ms: float) -> PongMessage:
    return {"type": "pong", "t0_ms": t0_ms, "t1_ms": t1_ms, "t2_ms": t2_ms}


def build_state(
    state: PlaybackState,
    lesson_s: float,
    *,
    rate: float,
    loop: tuple[float, float] | None,
    countdown_s: int | None = None,
    reason: EndReason | PauseReason | None = None,
) -> StateMessage:
    message: StateMessage = {
        "type": "state",
        "state": state,
        "lesson_s": round(lesson_s, 3),
        "rate": rate,
        "loop": None if loop is None else list(loop),
    }
    if countdown_s is not None:
        message["countdown_s"] = countdown_s
    if reason is not None:
        message["reason"] = reason
    return message


def build_error(code: str, sentence: str) -> ErrorMessage:
    return {"type": "error", "code": code, "message": sentence}


def build_refusal(code: str, sentence: str, status: int, retry_after_s: int | None) -> ErrorMessage:
    """Why there is no session, to whom cannot read the answer to a handshake."""
    message: ErrorMessage = {"type": "error", "code": code, "message": sentence, "status": status}
    if retry_after_s is not None:
        message["retry_after_s"] = retry_after_s
    return message


def build_calibrated(
    latency_ms: float | None,
    spread_ms: float | None,
    cycles: int,
    problem: CalibrationProblem | None,
) -> CalibratedMessage:
    return {
        "type": "calibrated",
        "latency_ms": None if latency_ms is None else round(latency_ms, 1),
        "spread_ms": None if spread_ms is None else round(spread_ms, 1),
        "cycles": cycles,
        "problem": problem,
    }


def build_findings(findings: Iterable[Finding]) -> list[FindingFields]:
    return [
        {
            "kind": finding.kind,
            "parts": list(finding.parts),
            "amount": finding.amount,
            "sentence": finding.sentence,
        }
        for finding in findings
    ]


def thin_timeline(
    points: Sequence[tuple[float, float]], most: int = MAX_TIMELINE_POINTS
) -> list[tuple[float, float]]:
    """At most so many points, evenly chosen, so that a summary never is too long to send."""
    step = -(-len(points) // most) or 1
    return list(points[::step])


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return value
