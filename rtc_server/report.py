"""One attempt at a lesson from its first sample to the summary. Pure.

`Attempt` chooses the way of mirroring once, and keeps it: taking the better of the two frame by
frame would forgive the wrong side.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from rtc_server import findings, matching, passages, scoring
from rtc_server.judging import LAGS_S, Judge, Judged
from rtc_server.matching import Floats
from rtc_server.passages import ROUNDING_S, Passage
from rtc_server.reference import Reference
from rtc_server.scoring import Verdict
from rtc_server.values import Pose, Score

Mirror = Literal["on", "off", "auto"]
MIRRORS: tuple[Mirror, ...] = ("on", "off", "auto")
DECIDE_S = 8.0  # of the lesson, danced in view
MOST_SAMPLES = 36_000  # two hours at 5 FPS; later ones are counted as dropped


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

    def message(self) -> dict[str, object]:
        return {"type": "summary", **asdict(self)}


class Attempt:
    """Judges samples as they come and sums them up at any time."""

    def __init__(self, reference: Reference, mirror: Mirror) -> None:
        asked = {"on": (True,), "off": (False,), "auto": (True, False)}[mirror]
        self._reference = reference
        self._judges = [Judge(reference, side) for side in asked]
        self.id = secrets.token_hex(16)  # of what is kept of it, however many sessions it takes
        self.dropped = 0

    @property
    def samples(self) -> int:
        """How many samples were judged."""
        return len(self._judges[0].samples)

    def add(self, lesson_s: float, pose: Pose, rate: float = 1.0) -> Score:
        """Judge one sample and give the live score.

        :param lesson_s: the position that the learner was seeing; one that jumps begins anew.
        :param rate: how fast the lesson ran, 0.5 for half as fast.
        :raises ValueError: a rate that is not above zero.
        """
        if not rate > 0:
            raise ValueError(f"expected a rate above 0, got {rate!r}")
        if len(self._judges[0].samples) >= MOST_SAMPLES:
            self.dropped += 1
            return scoring.live_score(self._judges[0].samples, self._judges[0].mirror)
        for judge in self._judges:
            judge.add(lesson_s, pose, rate)
        chosen = self.chosen()
        if len(self._judges) > 1 and chosen.seen_s >= DECIDE_S - ROUNDING_S:
            self._judges = [chosen]
        return scoring.live_score(chosen.samples, chosen.mirror)

    def chosen(self) -> Judge:
        """The way of mirroring that fits better so far."""
        if len(self._judges) == 1:
            return self._judges[0]
        return max(self._judges, key=lambda judge: _skill(judge.samples))

    def summary(self, complete: bool) -> Summary:
        """The whole attempt; finite and valid from the first moment on."""
        judge = self.chosen()
        windows = passages.windows(judge.samples)
        judged = [(w, v) for w in windows if (v := scoring.judge(w)) is not None]
        verdicts = [verdict for _, verdict in judged]
        coverage = scoring.coverage(judge.samples)
        parts = _parts(verdicts)
        enough = min(1.0, passages.evidence(judge.samples) / max(1e-9, self._reference.evidence))
        score = enough * scoring.total(*parts, coverage) if parts else 0.0
        lag_s = _lag_s(verdicts)
        limbs = _limbs(judge.samples, lag_s or 0.0)
        each = [passages.passage(window, verdict) for window, verdict in judged]
        best = passages.apart(sorted(each, key=lambda p: -p.score))
        return Summary(
            score=round(score, 1),
            shape=round(100 * parts[0], 1) if parts else None,
            timing=round(100 * parts[1], 1) if parts else None,
            energy=round(100 * parts[2], 1) if parts else None,
            grade=scoring.grade(score, coverage),
            coverage=round(coverage, 3),
            lag_ms=None if lag_s is None else round(1000 * lag_s, 1),
            samples=len(judge.samples),
            dropped=self.dropped,
            limbs=scoring.own_limbs(limbs, judge.mirror),
            best=best,
            worst=passages.apart(sorted(each, key=lambda p: p.score), but=best),
            timeline=[(round((p.from_s + p.to_s) / 2, 2), p.score) for p in each],
            mirror="on" if judge.mirror else "off",
            complete=complete,
            verdict=findings.told(
                judge.samples, self._reference, lag_s, coverage, limbs, judge.mirror
            ),
        )


def _skill(samples: Sequence[Judged]) -> float:
    """The skill of all stretches, each by the evidence in it."""
    found = [scoring.judge(stretch) for stretch in passages.stretches(samples)]
    verdicts = [verdict for verdict in found if verdict is not None]
    whole = sum(verdict.evidence for verdict in verdicts)
    return sum(v.skill * v.evidence for v in verdicts) / whole if whole > 0 else -1.0


def _parts(verdicts: Sequence[Verdict]) -> tuple[float, float, float] | None:
    """Shape, timing and energy in 0..1, windows by what there was to see in them."""
    if not verdicts:
        return None
    weights = [verdict.evidence for verdict in verdicts]
    skill, timing, energy = np.average(
        [(v.skill, v.timing, v.energy) for v in verdicts], axis=0, weights=weights
    ).tolist()
    return scoring.shape_of(skill, scoring.side_of(verdicts)), timing, energy


def _lag_s(verdicts: Sequence[Verdict]) -> float | None:
    """The usual lag of those windows in which the learner followed."""
    lags = [v.lag_s for v in verdicts if v.skill > scoring.LAG_SKILL]
    return float(np.median(lags)) if lags else None


def _limbs(samples: Sequence[Judged], lag_s: float) -> Floats:
    """Skill of each limb over the whole attempt at one lag, (11,)."""
    lag = int(np.argmin(np.abs(LAGS_S - lag_s)))
    nothing = np.zeros(matching.COUNT, np.float32)
    gained = sum((s.gained[lag] for s in samples), nothing)
    possible = sum((s.possible[lag] for s in samples), nothing)
    return scoring.limb_skill(gained, possible)
