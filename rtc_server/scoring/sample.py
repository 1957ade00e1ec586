"""One pose after the other against the lesson, at all lags at once. Pure.

A sample is judged once; a window of them (scoring.py) only adds up. Samples that follow each other
in the lesson at one rate make a stretch. A jump, a pause or another rate begins a new one, and
nothing reaches across: a stretch is judged as if the attempt began with it.

Lags are in the learner's own time, whose reactions take what they take at any rate; windows
(scoring.py) are in the lesson's, so that one holds as much dance at any rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring import agreement, limb_directions, motion
from rtc_server.scoring.agreement import Agreement
from rtc_server.scoring.lags import LAGS_S, NO_LAG, lag_cost, skill_by_lag
from rtc_server.scoring.limb_directions import Floats
from rtc_server.scoring.motion import Motion
from rtc_server.scoring.reference import Reference
from rtc_server.types import Pose

HELD_SAMPLES = 1
MOST_FAULT = 1.0  # of what a limb could have gained at a moment: it can lose no more than that
TREND_S = 12.0  # how far back a learner's usual lag and swings are remembered
BACK_S = 0.1  # of the lesson: the position is not known better, so that less is no jump
JUMP_S = 0.5  # of the lesson, beyond what its rate explains


@dataclass(frozen=True, slots=True)
class SampleScore:
    """One sample against the lesson at every lag; (k, 11) over LAGS_S and limbs."""

    captured_s: float
    lesson_s: float
    rate: float  # seconds of the lesson in one of the learner
    stretch: int  # counts up where the position jumped
    gained: Floats  # weight × (similarity − chance), 0 where unknown
    possible: Floats  # weight × (1 − chance), 0 where unknown; times rate, as all weights here
    sided: Floats  # (k, 11) weight × asymmetry × (similarity − similarity of the other side)
    sided_possible: Floats  # (k, 11) weight × asymmetry²
    usual_lag_s: float  # the lag that fits best what was danced lately
    motion: Motion  # at that lag, of what was danced lately
    nearby: Agreement  # at lags far from it, of what was danced lately
    offered: Floats  # (11,) the lesson's weight × (1 − chance) at no lag, seen or not
    weight: Floats  # (11,) the lesson's weight at no lag
    known: NDArray[np.bool_]  # (11,) whether the limb could be judged at no lag
    angles_deg: Floats  # (11,) the learner's directions
    target_deg: Floats  # (11,) the lesson's, at no lag


class SampleScorer:
    """Judges samples one after the other, for one way of mirroring."""

    def __init__(self, reference: Reference, mirror: bool) -> None:
        self.mirror = mirror
        self._reference = reference
        self._stretch = -1
        self._last: SampleScore | None = None
        self._swung = np.zeros((motion.KINDS, len(LAGS_S), limb_directions.COUNT))
        self._begin(0.0)

    def _begin(self, lesson_s: float) -> None:
        """Forget what was before: a new stretch."""
        self._stretch += 1
        self._from_s = lesson_s
        self._last_s = -math.inf
        self._angles = np.full(limb_directions.COUNT, np.nan, np.float32)
        self._sure = np.zeros(limb_directions.COUNT, np.float32)
        self._age = np.full(limb_directions.COUNT, HELD_SAMPLES, np.int64)
        self._trend = np.zeros((2, len(LAGS_S)))  # points and evidence at each lag, fading
        self._lately = np.zeros_like(self._swung)

    def add(self, lesson_s: float, pose: Pose, rate: float = 1.0) -> SampleScore:
        """Judge the learner's pose at the position they were seeing.

        :param rate: how fast the lesson ran, 0.5 for half as fast.
        """
        if self._last is None or jumped(self._last, lesson_s, pose.captured_s, rate):
            self._begin(lesson_s)
        angles, sure = self._held(*self._directions(pose))
        at_s = lesson_s - LAGS_S * rate
        target, weight, chance = self._reference.at(at_s)
        # What came before the stretch was not shown now: nobody can be late with it.
        weight = weight * (at_s >= self._from_s - self._reference.step_s)[:, None]
        alike = limb_directions.similarity(angles, target)
        known = ~np.isnan(alike)
        other = limb_directions.mirrored_deg(target)
        asymmetry = np.nan_to_num(1 - limb_directions.similarity(target, other))
        better = np.nan_to_num(alike - limb_directions.similarity(angles, other))
        # A sample stands for `rate` times as much of the lesson as one at its own speed.
        worth = weight * self._reference.balance * np.float32(rate)
        believed = np.where(known, worth * sure, 0)
        possible = believed * (1 - chance)
        gained = np.where(known, believed * (alike - chance), 0)
        gained = np.maximum(gained, -MOST_FAULT * possible)
        usual = self._remember(pose.captured_s, gained, possible)
        lately = self._swing(believed, np.where(known, 0, worth), target, angles)
        usual_s = float(LAGS_S[usual])
        self._last_s = pose.captured_s
        self._last = SampleScore(
            *(pose.captured_s, lesson_s, rate, self._stretch),
            gained=gained,
            possible=possible,
            sided=believed * asymmetry * better,
            sided_possible=believed * asymmetry**2,
            usual_lag_s=usual_s,
            motion=Motion.of(lately[:, usual]),
            nearby=agreement.nearby(self._trend[0], self._trend[1], lately, usual_s, rate),
            offered=worth[NO_LAG] * (1 - chance[NO_LAG]),
            weight=weight[NO_LAG] * np.float32(rate),
            known=known[NO_LAG],
            angles_deg=angles,
            target_deg=target[NO_LAG],
        )
        return self._last

    def nearby(
        self, points: NDArray[np.float64], evidence: NDArray[np.float64], lag_s: float, rate: float
    ) -> Agreement:
        """What is agreed on at lags far from one, of all that was danced.

        :param points: (lags,) of all that was danced, like `evidence`.
        """
        return agreement.nearby(points, evidence, self._swung, lag_s, rate)

    def swings(self, lag: int) -> Motion:
        """All that was danced, at one of LAGS_S."""
        return Motion.of(self._swung[:, lag])

    def _remember(self, captured_s: float, gained: Floats, possible: Floats) -> int:
        """Let what was before fade, add this, and give the place of the usual lag."""
        fading = math.exp(-max(0.0, captured_s - self._last_s) / TREND_S)
        self._trend = self._trend * fading + (gained.sum(axis=1), possible.sum(axis=1))
        self._lately *= fading
        return int(np.argmax(skill_by_lag(*self._trend) - lag_cost()))

    def _swing(
        self, weight: Floats, hidden: Floats, target: Floats, angles: Floats
    ) -> NDArray[np.float64]:
        added = motion.moments(weight, hidden, target, angles)
        self._swung += added
        self._lately += added
        return self._lately

    def _directions(self, pose: Pose) -> tuple[Floats, Floats]:
        """Where each limb points, (11,), NaN where unknown, and how certain that is."""
        xy, confidence = pose.xy, pose.confidence
        if self.mirror:
            xy, confidence = limb_directions.mirrored(xy, confidence)
        fresh = limb_directions.angles_deg(xy, confidence, pose.aspect)
        if not limb_directions.near_enough(xy, confidence, pose.aspect):
            fresh = np.full_like(fresh, np.nan)
        return fresh, limb_directions.certainty(confidence)

    def _held(self, fresh: Floats, sure: Floats) -> tuple[Floats, Floats]:
        """The last known direction stands in for a missing one, for HELD_SAMPLES at most."""
        missing = np.isnan(fresh)
        self._age = np.where(missing, self._age + 1, 0)
        self._angles = np.where(missing, self._angles, fresh)
        self._sure = np.where(missing, self._sure, sure)
        held: Floats = np.where(self._age <= HELD_SAMPLES, self._angles, np.nan).astype(np.float32)
        return held, self._sure


def jumped(last: SampleScore, lesson_s: float, captured_s: float, rate: float) -> bool:
    """Whether a sample does not follow the last one: sought, looped, paused, or slowed down."""
    moved_s = lesson_s - last.lesson_s
    expected_s = max(0.0, captured_s - last.captured_s) * rate
    return rate != last.rate or moved_s < -BACK_S or abs(moved_s - expected_s) > JUMP_S
