"""An attempt cut into windows, and the best and worst of them. Pure."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rtc_server import scoring
from rtc_server.judging import SAMPLE_S, Judged
from rtc_server.scoring import WINDOW_S, Verdict

HOP_S = 1.0
PASSAGES = 3
ROUNDING_S = 1e-6  # sums of sampling times are not exact


@dataclass(frozen=True, slots=True)
class Passage:
    from_s: float
    to_s: float
    score: float


def windows(samples: Sequence[Judged]) -> list[Sequence[Judged]]:
    """Windows of WINDOW_S every HOP_S, within stretches that were played without a jump."""
    found: list[Sequence[Judged]] = []
    for stretch in stretches(samples):
        at_s = [sample.lesson_s + ROUNDING_S for sample in stretch]
        from_s = stretch[0].lesson_s
        while True:
            first, last = bisect_left(at_s, from_s), bisect_left(at_s, from_s + WINDOW_S)
            if first < last:
                found.append(stretch[first:last])
            from_s += HOP_S
            if from_s + WINDOW_S > at_s[-1] + SAMPLE_S * stretch[-1].rate:
                break
    return found


def stretches(samples: Sequence[Judged]) -> list[list[Judged]]:
    """Cut where the position jumped or the rate changed (`judging.jumped`)."""
    return [list(those) for _, those in itertools.groupby(samples, lambda s: s.stretch)]


def evidence(samples: Sequence[Judged]) -> float:
    """What the lesson offered while it was danced: weight × (1 − chance) × seconds of the lesson.

    By the mean of what was seen, so that samples that were dropped take nothing away.
    """
    return sum(_offered(stretch) for stretch in stretches(samples))


def _offered(stretch: Sequence[Judged]) -> float:
    rate = stretch[-1].rate
    span_s = stretch[-1].lesson_s - stretch[0].lesson_s + SAMPLE_S * rate
    return span_s * sum(float(s.offered.sum()) for s in stretch) / (len(stretch) * rate)


def passage(window: Sequence[Judged], verdict: Verdict) -> Passage:
    """One window and its score, which is what a live score at its end was."""
    score = scoring.total(verdict.shape, verdict.timing, verdict.energy, verdict.coverage)
    return Passage(round(window[0].lesson_s, 2), round(window[-1].lesson_s, 2), round(score, 1))


def apart(passages: Sequence[Passage], but: Sequence[Passage] = ()) -> list[Passage]:
    """The first PASSAGES that neither overlap each other nor those of `but`."""
    kept: list[Passage] = []
    for here in passages:
        taken = itertools.chain(kept, but)
        if len(kept) < PASSAGES and all(
            here.to_s <= other.from_s or here.from_s >= other.to_s for other in taken
        ):
            kept.append(here)
    return kept
