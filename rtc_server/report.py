"""One attempt at a lesson from its first sample to the summary. Pure.

`Attempt` chooses the way of mirroring once, and keeps it: taking the better of the two frame by
frame would forgive the wrong side.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from rtc_server import matching, scoring
from rtc_server.matching import Floats
from rtc_server.reference import Reference
from rtc_server.scoring import Judge, Judged, Verdict
from rtc_server.values import Pose, Score

Mirror = Literal["on", "off", "auto"]
MIRRORS: tuple[Mirror, ...] = ("on", "off", "auto")
DECIDE_S = 8.0
HOP_S = 1.0
PASSAGES = 3
MOST_SAMPLES = 36_000  # two hours at 5 FPS; later ones are counted as dropped


@dataclass(frozen=True, slots=True)
class Passage:
    from_s: float
    to_s: float
    score: float


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

    def message(self) -> dict[str, object]:
        return {"type": "summary", **asdict(self)}


class Attempt:
    """Judges samples as they come and sums them up at any time."""

    def __init__(self, reference: Reference, mirror: Mirror) -> None:
        asked = {"on": (True,), "off": (False,), "auto": (True, False)}[mirror]
        self._judges = [Judge(reference, side) for side in asked]
        self.dropped = 0

    @property
    def samples(self) -> int:
        """How many samples were judged."""
        return len(self._judges[0].samples)

    def add(self, lesson_s: float, pose: Pose) -> Score:
        """Judge one sample and give the live score."""
        if len(self._judges[0].samples) >= MOST_SAMPLES:
            self.dropped += 1
            return scoring.live_score(self._judges[0].samples, self._judges[0].mirror)
        for judge in self._judges:
            judge.add(lesson_s, pose)
        first, last = self._judges[0].samples[0], self._judges[0].samples[-1]
        chosen = self.chosen()
        if len(self._judges) > 1 and last.captured_s - first.captured_s >= DECIDE_S:
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
        windows = [(w, v) for w in _windows(judge.samples) if (v := scoring.judge(w)) is not None]
        coverage = _coverage(judge.samples)
        parts = _parts([verdict for _, verdict in windows])
        score = scoring.total(*parts, coverage) if parts else 0.0
        passages = [_passage(window, verdict) for window, verdict in windows]
        best = _apart(sorted(passages, key=lambda p: -p.score))
        return Summary(
            score=round(score, 1),
            shape=round(100 * parts[0], 1) if parts else None,
            timing=round(100 * parts[1], 1) if parts else None,
            energy=round(100 * parts[2], 1) if parts else None,
            grade=scoring.grade(score, coverage),
            coverage=round(coverage, 3),
            lag_ms=_lag_ms([verdict for _, verdict in windows]),
            samples=len(judge.samples),
            dropped=self.dropped,
            limbs=scoring.own_limbs(_limbs(judge.samples, windows), judge.mirror),
            best=best,
            worst=_apart(sorted(passages, key=lambda p: p.score), but=best),
            timeline=[(round((p.from_s + p.to_s) / 2, 2), p.score) for p in passages],
            mirror="on" if judge.mirror else "off",
            complete=complete,
        )


def _skill(samples: Sequence[Judged]) -> float:
    verdict = scoring.judge(samples)
    return verdict.skill if verdict else -1.0


def _windows(samples: Sequence[Judged]) -> list[Sequence[Judged]]:
    """Windows of WINDOW_S every HOP_S, within stretches that were played without a jump."""
    found: list[Sequence[Judged]] = []
    for stretch in _stretches(samples):
        from_s = stretch[0].lesson_s
        while True:
            window = [s for s in stretch if from_s <= s.lesson_s < from_s + scoring.WINDOW_S]
            if window:
                found.append(window)
            from_s += HOP_S
            if from_s + scoring.WINDOW_S > stretch[-1].lesson_s + scoring.SAMPLE_S:
                break
    return found


def _stretches(samples: Sequence[Judged]) -> list[list[Judged]]:
    """Cut where the position went back, or leapt."""
    stretches: list[list[Judged]] = []
    last_s = 0.0
    for sample in samples:
        if not stretches or not -0.1 <= sample.lesson_s - last_s < scoring.WINDOW_S:
            stretches.append([])
        stretches[-1].append(sample)
        last_s = sample.lesson_s
    return stretches


def _coverage(samples: Sequence[Judged]) -> float:
    expected = sum(s.expected for s in samples)
    return min(1.0, sum(s.seen for s in samples) / expected) if expected > 0 else 0.0


def _parts(verdicts: Sequence[Verdict]) -> tuple[float, float, float] | None:
    """Shape, timing and energy in 0..1; timing and energy count where there is some shape."""
    if not verdicts:
        return None
    shape = float(np.clip(np.mean([v.skill for v in verdicts]), 0, 1))
    timing = float(np.mean([v.timing for v in verdicts]))
    energy = float(np.mean([v.energy for v in verdicts]))
    return shape, timing, energy


def _lag_ms(verdicts: Sequence[Verdict]) -> float | None:
    lags = [v.lag_s for v in verdicts if v.skill > scoring.LAG_SKILL]
    return round(1000 * float(np.median(lags)), 1) if lags else None


def _limbs(
    samples: Sequence[Judged], windows: Sequence[tuple[Sequence[Judged], Verdict]]
) -> Floats:
    """Skill of each limb over the whole attempt, at the lag that was typical, (11,)."""
    lags = [verdict.lag_s for _, verdict in windows if verdict.skill > scoring.LAG_SKILL]
    lag = int(np.argmin(np.abs(scoring.LAGS_S - (np.median(lags) if lags else 0.0))))
    nothing = np.zeros(matching.COUNT, np.float32)
    gained = sum((s.gained[lag] for s in samples), nothing)
    possible = sum((s.possible[lag] for s in samples), nothing)
    return scoring.limb_skill(gained, possible)


def _passage(window: Sequence[Judged], verdict: Verdict) -> Passage:
    shape = min(1.0, max(0.0, verdict.skill))
    score = scoring.total(shape, verdict.timing, verdict.energy, verdict.coverage)
    return Passage(round(window[0].lesson_s, 2), round(window[-1].lesson_s, 2), round(score, 1))


def _apart(passages: Sequence[Passage], but: Sequence[Passage] = ()) -> list[Passage]:
    """The first PASSAGES that neither overlap each other nor those of `but`."""
    kept: list[Passage] = []
    for passage in passages:
        taken = itertools.chain(kept, but)
        if len(kept) < PASSAGES and all(
            passage.to_s <= other.from_s or passage.from_s >= other.to_s for other in taken
        ):
            kept.append(passage)
    return kept
