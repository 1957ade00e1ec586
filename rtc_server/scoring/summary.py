"""The result of an attempt as it is sent and kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from rtc_server.feedback import Finding
from rtc_server.protocol.server_messages import (
    MAX_TIMELINE_POINTS,
    SummaryFields,
    SummaryMessage,
    build_findings,
    thin_timeline,
)
from rtc_server.scoring.passages import Passage


@dataclass(frozen=True, slots=True)
class Summary:
    """The fields of the `summary` message; None where not known."""

    score: float
    shape: float | None
    timing: float | None
    energy: float | None
    grade: str | None
    coverage: float
    lag_ms: float | None
    samples: int
    dropped: int
    limbs: dict[str, float | None]
    best: list[Passage]
    worst: list[Passage]
    timeline: list[tuple[float, float]]
    mirror: str
    complete: bool
    verdict: str  # an extension: what went wrong, or well, in one sentence
    findings: list[Finding]  # an extension: the same for other languages

    def message(self, points: int = MAX_TIMELINE_POINTS) -> SummaryMessage:
        """The summary as it goes over the wire.

        :param points: so many of the timeline at most.
        """
        # mypy wants every optional key of a message in what is spread into it.
        return cast(SummaryMessage, {"type": "summary", **self.fields(points)})

    def fields(self, points: int = MAX_TIMELINE_POINTS) -> SummaryFields:
        """What it says of one dancer."""
        return {
            "score": self.score,
            "shape": self.shape,
            "timing": self.timing,
            "energy": self.energy,
            "grade": self.grade,
            "coverage": self.coverage,
            "lag_ms": self.lag_ms,
            "samples": self.samples,
            "dropped": self.dropped,
            "limbs": self.limbs,
            "best": [passage.fields() for passage in self.best],
            "worst": [passage.fields() for passage in self.worst],
            "timeline": thin_timeline(self.timeline, points),
            "mirror": self.mirror,
            "complete": self.complete,
            "verdict": self.verdict,
            "findings": build_findings(self.findings),
        }
