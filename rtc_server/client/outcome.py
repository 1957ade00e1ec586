"""What a headless learner received, and how its session ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rtc_server.errors import SessionFailed


class NothingToResume(SessionFailed):
    """A client's session that the server cannot resume."""

    code = "nothing_to_resume"


@dataclass(slots=True)
class Outcome:
    """The messages and figures of a session; `report` is the file that `--report` writes."""

    lesson: str
    ended: str = "unclean"
    reason: str | None = None
    connect_ms: float | None = None
    scores: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    frames: int = 0  # of the instructor's video, decoded
    audio_frames: int = 0
    annotated_frames: int = 0
    messages_lost: int = 0
    reconnects: int = 0  # connections that resumed the session
    ice_restarts: int = 0  # other ways to the server, of the same session
    freeze_ms: float = 0.0  # the longest time between two frames of the instructor while playing

    def on_restarted(self) -> None:
        """The session goes on by another way."""
        self.ice_restarts += 1

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
                "sound_frames": self.audio_frames,
                "annotated_frames": self.annotated_frames,
                "messages_lost": self.messages_lost,
                "reconnects": self.reconnects,
                "ice_restarts": self.ice_restarts,
                "freeze_ms": round(self.freeze_ms, 1),
            },
        }

    def _percentiles(self, name: str) -> dict[str, float | None]:
        values = [abs(s[name]) for s in self.scores if s.get(name) is not None]
        if not values:
            return {"p50": None, "p95": None}
        p50, p95 = np.percentile(values, (50, 95))
        return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}
