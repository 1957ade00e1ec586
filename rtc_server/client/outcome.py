"""What a headless learner wants, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rtc_server.client.script import Act


@dataclass(frozen=True, slots=True)
class Wish:
    """What the learner wants."""

    url: str
    lesson: str
    camera: str  # a file, or "instructor"
    echo_delay_ms: float = 0.0
    mirror: str = "auto"
    annotated: bool = False
    learner: str | None = None  # the name to keep the result under
    rate: float = 1.0  # how fast the lesson is to run
    camera_ms: float = 0.0  # how late the camera is known to show things
    acts: tuple[Act, ...] = ()  # what the learner does on the way


@dataclass(slots=True)
class Outcome:
    """What came of it; `report` is the file that `--report` writes."""

    lesson: str
    ended: str = "unclean"
    reason: str | None = None
    connect_ms: float | None = None
    scores: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    frames: int = 0  # of the instructor, decoded
    sound_frames: int = 0
    annotated_frames: int = 0
    messages_lost: int = 0
    reconnects: int = 0  # that came about
    freeze_ms: float = 0.0  # the longest that the instructor's picture stood while playing

    def report(self) -> dict[str, Any]:
        return {
            "lesson": self.lesson,
            "ended": self.ended,
            "reason": self.reason,
            "scores": self.scores,
            "summary": self.summary,
            "errors": self.errors,
            "stats": {
                "connect_ms": self.connect_ms,
                "received": len(self.scores),
                "age_ms": self._percentiles("age_ms"),
                "skew_ms": self._percentiles("skew_ms"),
                "instructor_frames": self.frames,
                "sound_frames": self.sound_frames,
                "annotated_frames": self.annotated_frames,
                "messages_lost": self.messages_lost,
                "reconnects": self.reconnects,
                "freeze_ms": round(self.freeze_ms, 1),
            },
        }

    def _percentiles(self, name: str) -> dict[str, float | None]:
        values = [abs(s[name]) for s in self.scores if s.get(name) is not None]
        if not values:
            return {"p50": None, "p95": None}
        p50, p95 = np.percentile(values, (50, 95))
        return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}
