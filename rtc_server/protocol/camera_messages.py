"""What the server says about a phone that is the camera, to the screen and to the phone. Pure."""

from __future__ import annotations

from typing import Literal, TypedDict, get_args

CameraSource = Literal["own", "phone", "none"]
# `refused`: its pictures cannot be decoded, or are too large; `slow`: they are few; `hidden` and
# `interrupted` are the phone's own words.
PhoneState = Literal[
    "none",
    "joining",
    "connected",
    "slow",
    "hidden",
    "interrupted",
    "refused",
    "no_picture",
    "silent",
    "lost",
    "left",
]
PHONE_STATES: tuple[PhoneState, ...] = get_args(PhoneState)


class CameraStatus(TypedDict):
    """`camera`: which camera is looked at, and how the phone is; to the screen and to the phone."""

    type: Literal["camera"]
    source: CameraSource
    phone: PhoneState
    problem: str | None  # a sentence of the server's, where frames are refused
    aspect: float | None  # width / height of the phone's pictures; null while there is none
    latency_ms: float | None  # how late the phone knows its camera to be


class PhoneFraming(TypedDict):
    """`framing`: what the server sees of the learner, to the phone that is the camera."""

    type: Literal["framing"]
    framing: list[str] | None  # as in a `score`; null while playing, or not known
    pose: list[list[float | None]]  # 18 joints, as in a `score`


def build_camera_status(
    source: CameraSource,
    phone: PhoneState,
    problem: str | None,
    aspect: float | None,
    latency_ms: float | None,
) -> CameraStatus:
    return {
        "type": "camera",
        "source": source,
        "phone": phone,
        "problem": problem,
        "aspect": None if aspect is None else round(aspect, 3),
        "latency_ms": latency_ms,
    }


def build_framing(framing: list[str] | None, pose: list[list[float | None]]) -> PhoneFraming:
    return {"type": "framing", "framing": framing, "pose": pose}
