"""One attempt at a lesson from its first sample to the summary. Pure.

`Attempt` chooses the way of mirroring once, and keeps it: taking the better of the two frame by
frame would forgive the wrong side. It may be added to for hours: nothing in it grows.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from rtc_server.feedback import Finding, join_sentences
from rtc_server.protocol.server_messages import SummaryMessage, build_findings
from rtc_server.scoring import findings, grades, window_score
from rtc_server.scoring.hypothesis import Hypothesis
from rtc_server.scoring.lags import nearest
from rtc_server.scoring.live import ROUNDING_S
from rtc_server.scoring.passages import Passage, apart
from rtc_server.scoring.reference import Reference
from rtc_server.types import Pose, Score

Mirror = Literal["on", "off", "auto"]
MIRRORS: tuple[Mirror, ...] = ("on", "off", "auto")
# Of the lesson, danced in view: when the side is decided where that is clear, and in any case.
DECIDE_S, DECIDE_LATEST_S = 8.0, 24.0
CLEAR = 0.15  # of skill, between the one side and the other


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

    def message(self) -> SummaryMessage:
        """The summary as it goes over the wire."""
        return {
            "type": "summary",
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
            "timeline": self.timeline,
            "mirror": self.mirror,
            "complete": self.complete,
            "verdict": self.verdict,
            "findings": build_findings(self.findings),
        }


class Attempt:
    """Judges samples as they come and sums them up at any time."""

    def __init__(self, reference: Reference, mirror: Mirror) -> None:
        asked = {"on": (True,), "off": (False,), "auto": (True, False)}[mirror]
        self._reference = reference
        self._courses = [Hypothesis(reference, side) for side in asked]
        self.id = secrets.token_hex(16)  # of what is kept of it, however many sessions it takes
        self.dropped = 0

    @property
    def samples(self) -> int:
        """How many samples were judged."""
        return self._courses[0].totals.samples

    def add(self, lesson_s: float, pose: Pose, rate: float = 1.0) -> Score:
        """Judge one sample and give the live score.

        :param lesson_s: the position that the learner was seeing; one that jumps begins anew.
        :param rate: how fast the lesson ran, 0.5 for half as fast.
        :raises ValueError: a rate that is not above zero.
        """
        if not rate > 0:
            raise ValueError(f"expected a rate above 0, got {rate!r}")
        for course in self._courses:
            course.add(lesson_s, pose, rate)
        chosen = self.chosen()
        if len(self._courses) > 1 and _decided(*self._courses):
            self._courses = [chosen]
        return chosen.live_score()

    def chosen(self) -> Hypothesis:
        """The way of mirroring that fits better so far."""
        return max(self._courses, key=lambda course: course.totals.skill())

    def summary(self, complete: bool) -> Summary:
        """The whole attempt; finite and valid from the first moment on."""
        course = self.chosen()
        totals, passages = course.totals, course.passages()
        parts, coverage = course.parts(passages), totals.coverage()
        enough = min(1.0, totals.evidence() / max(1e-9, self._reference.evidence))
        score = enough * parts.score if parts else 0.0
        lag_s = passages.lag_s()
        at = nearest(lag_s or 0.0)
        limbs = window_score.limb_skill(totals.at("gained", at), totals.at("possible", at))
        each = passages.in_order()
        best = apart(sorted(each, key=lambda p: -p.score))
        facts = findings.Facts.of(course, lag_s)
        found = findings.found(facts, score, lag_s, limbs, course.mirror)
        lag_s = lag_s if findings.tell_of_time(found) else None
        return Summary(
            score=round(score, 1),
            shape=round(100 * parts.shape, 1) if parts else None,
            timing=round(100 * parts.timing, 1) if parts and lag_s is not None else None,
            energy=round(100 * parts.energy, 1) if parts else None,
            grade=grades.grade(score, coverage),
            coverage=round(coverage, 3),
            lag_ms=None if lag_s is None else round(1000 * lag_s, 1),
            samples=totals.samples,
            dropped=self.dropped,
            limbs=grades.own_limbs(limbs, course.mirror),
            best=best,
            worst=apart(sorted(each, key=lambda p: p.score), but=best),
            timeline=[(round((p.from_s + p.to_s) / 2, 2), p.score) for p in each],
            mirror="on" if course.mirror else "off",
            complete=complete,
            verdict=join_sentences(found),
            findings=found,
        )


def _decided(one: Hypothesis, other: Hypothesis) -> bool:
    """Whether it is clear by now which side is danced."""
    seen_s = max(one.totals.seen_s, other.totals.seen_s) + ROUNDING_S
    clear = abs(one.totals.skill() - other.totals.skill()) >= CLEAR
    return seen_s >= (DECIDE_S if clear else DECIDE_LATEST_S)
