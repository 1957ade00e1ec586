"""The options of a headless learner."""

from __future__ import annotations

from dataclasses import dataclass

from rtc_server.client.script import Cue


@dataclass(frozen=True, slots=True)
class LearnerOptions:
    """Where a headless learner connects, what it asks for, and what it sends."""

    url: str
    lesson: str
    camera: str  # a video file, or "instructor"
    echo_delay_ms: float = 0.0
    mirror: str = "auto"
    annotated: bool = False
    learner: str | None = None  # the name to keep the result under
    rate: float = 1.0  # lesson seconds per second
    camera_latency_ms: float = 0.0  # how late the camera is known to be
    relay_only: bool = False  # send nothing but through a relay (TURN server)
    script: tuple[Cue, ...] = ()  # what the learner does during the lesson
