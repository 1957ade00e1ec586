"""One pose after the other against the lesson, at all lags at once. Pure.

A sample is judged once; a window of them (scoring.py) only adds up. Samples that follow each other
in the lesson at one rate make a stretch. A jump, a pause or another rate begins a new one, and
nothing reaches across: a stretch is judged as if the attempt began with it.

Lags, turns and energy are in the learner's own time, whose reactions take what they take at any
rate; windows (scoring.py) are in the lesson's, so that one holds as much dance at any rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server import matching
from rtc_server.matching import Floats
from rtc_server.reference import Reference
from rtc_server.values import Pose

LAG_STEP_S = 0.1
LAGS_S: NDArray[np.float64] = (
    np.arange(-10, 11, dtype=np.float64) * LAG_STEP_S
)  # of the learner's time, positive: late
NO_LAG = len(LAGS_S) // 2
SAMPLE_S = 0.2  # the "sample" in which scoring.md counts lags and turns
HELD_SAMPLES = 1
LAG_PENALTY = 0.01  # per sample of lag, so that standing still has no favourite
LAG_LOSS = 0.5  # of the evidence: a lag at which less is left of it is no lag but an edge
LAG_DRIFT = 0.1  # per sample beyond one away from the usual lag: nobody is early and late in turn
TREND_S = 12.0  # how far back a learner's usual lag is remembered
BACK_S = 0.1  # of the lesson: the position is not known better, so that less is no jump
JUMP_S = 0.5  # of the lesson, beyond what its rate explains


@dataclass(frozen=True, slots=True)
class Judged:
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
    offered: Floats  # (11,) the lesson's weight × (1 − chance) at no lag, seen or not
    weight: Floats  # (11,) the lesson's weight at no lag
    known: NDArray[np.bool_]  # (11,) whether the limb could be judged at no lag
    turned_deg: Floats  # (11,) the learner's turn since the sample before, per SAMPLE_S
    asked_deg: Floats  # (11,) the lesson's
    angles_deg: Floats  # (11,) the learner's directions
    target_deg: Floats  # (11,) the lesson's, at no lag


class Judge:
    """Judges samples one after the other, for one way of mirroring."""

    def __init__(self, reference: Reference, mirror: bool) -> None:
        self.mirror = mirror
        self.samples: list[Judged] = []
        self.seen_s = 0.0  # of the lesson, while the learner was in view
        self._reference = reference
        self._stretch = -1
        self._begin(0.0)

    def _begin(self, lesson_s: float) -> None:
        """Forget what was before: a new stretch."""
        self._stretch += 1
        self._from_s = lesson_s
        self._angles = np.full(matching.COUNT, np.nan, np.float32)
        self._sure = np.zeros(matching.COUNT, np.float32)
        self._age = np.full(matching.COUNT, HELD_SAMPLES, np.int64)
        self._last_s = -math.inf
        self._trend = np.zeros((2, len(LAGS_S)))  # points and evidence at each lag, fading

    def add(self, lesson_s: float, pose: Pose, rate: float = 1.0) -> None:
        """Judge the learner's pose at the position they were seeing.

        :param rate: how fast the lesson ran, 0.5 for half as fast.
        """
        if not self.samples or jumped(self.samples[-1], lesson_s, pose.captured_s, rate):
            self._begin(lesson_s)
        self._trend *= math.exp(-max(0.0, pose.captured_s - self._last_s) / TREND_S)
        fresh, certainty = self._directions(pose)
        turned = self._turned(fresh, pose.captured_s)
        angles, sure = self._held(fresh, certainty)
        at_s = lesson_s - LAGS_S * rate
        target, weight, chance = self._reference.at(at_s)
        # What came before the stretch was not shown now: nobody can be late with it.
        weight = weight * (at_s >= self._from_s - self._reference.step_s)[:, None]
        alike = matching.similarity(angles, target)
        known = ~np.isnan(alike)
        other = matching.mirrored_deg(target)
        asymmetry = np.nan_to_num(1 - matching.similarity(target, other))
        better = np.nan_to_num(alike - matching.similarity(angles, other))
        # A sample stands for `rate` times as much of the lesson as one at its own speed.
        worth = weight * self._reference.balance * np.float32(rate)
        believed = np.where(known, worth * sure, 0)
        gained = np.where(known, believed * (alike - chance), 0)
        possible = believed * (1 - chance)
        self._trend += gained.sum(axis=1), possible.sum(axis=1)
        if known[NO_LAG].any():
            self.seen_s += self._passed_s(lesson_s, rate)
        self.samples.append(
            Judged(
                pose.captured_s,
                lesson_s,
                rate,
                self._stretch,
                gained=gained,
                possible=possible,
                sided=believed * asymmetry * better,
                sided_possible=believed * asymmetry**2,
                usual_lag_s=float(LAGS_S[np.argmax(skill_by_lag(*self._trend) - lag_cost())]),
                offered=worth[NO_LAG] * (1 - chance[NO_LAG]),
                weight=weight[NO_LAG] * np.float32(rate),
                known=known[NO_LAG],
                turned_deg=turned,
                asked_deg=self._asked(lesson_s) * np.float32(rate),
                angles_deg=angles,
                target_deg=target[NO_LAG],
            )
        )

    def _passed_s(self, lesson_s: float, rate: float) -> float:
        """How much of the lesson a sample stands for."""
        last = self.samples[-1] if self.samples else None
        if last is None or last.stretch != self._stretch:
            return SAMPLE_S * rate
        return min(max(0.0, lesson_s - last.lesson_s), 3 * SAMPLE_S)

    def _directions(self, pose: Pose) -> tuple[Floats, Floats]:
        """Where each limb points, (11,), NaN where unknown, and how certain that is."""
        xy, score = pose.xy, pose.score
        if self.mirror:
            xy, score = matching.mirrored(xy, score)
        fresh = matching.angles_deg(xy, score, pose.aspect)
        if not matching.near_enough(xy, score, pose.aspect):
            fresh = np.full_like(fresh, np.nan)
        return fresh, matching.certainty(score)

    def _held(self, fresh: Floats, sure: Floats) -> tuple[Floats, Floats]:
        """The last known direction stands in for a missing one, for HELD_SAMPLES at most."""
        missing = np.isnan(fresh)
        self._age = np.where(missing, self._age + 1, 0)
        self._angles = np.where(missing, self._angles, fresh)
        self._sure = np.where(missing, self._sure, sure)
        held: Floats = np.where(self._age <= HELD_SAMPLES, self._angles, np.nan).astype(np.float32)
        return held, self._sure

    def _turned(self, fresh: Floats, captured_s: float) -> Floats:
        elapsed_s = captured_s - self._last_s
        self._last_s = captured_s
        if not 0 < elapsed_s < 3 * SAMPLE_S:
            return np.full(matching.COUNT, np.nan, np.float32)
        before = np.where(self._age == 0, self._angles, np.nan)
        return np.abs(matching.turn_deg(fresh, before)) * np.float32(SAMPLE_S / elapsed_s)

    def _asked(self, lesson_s: float) -> Floats:
        t_s = self._reference.track.t_s
        left, right, share = matching.between(t_s, np.array([lesson_s]))
        nearest = right[0] if share[0] > 0.5 else left[0]
        asked: Floats = self._reference.motion_deg[nearest]
        return asked * np.float32(SAMPLE_S / self._reference.step_s)


def jumped(last: Judged, lesson_s: float, captured_s: float, rate: float) -> bool:
    """Whether a sample does not follow the last one: sought, looped, paused, or slowed down."""
    moved_s = lesson_s - last.lesson_s
    expected_s = max(0.0, captured_s - last.captured_s) * rate
    return rate != last.rate or moved_s < -BACK_S or abs(moved_s - expected_s) > JUMP_S


def skill_by_lag(
    points: NDArray[np.floating], evidence: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Points over evidence at each lag, (k,); -1 where there is none.

    Past the lesson's ends a lag leaves few samples, and few samples are easily lucky: evidence
    counts as at least LAG_LOSS of what there is at no lag.
    """
    least = np.where(points > 0, LAG_LOSS * evidence[NO_LAG], 0)
    whole = np.maximum(evidence, least)
    return np.where(whole > 0, points / np.maximum(whole, 1e-9), -1.0)


def lag_cost(usual_s: float | None = None) -> NDArray[np.float64]:
    """What each lag costs in skill, (k,): so that luck cannot choose freely among them."""
    cost = LAG_PENALTY * np.abs(LAGS_S) / SAMPLE_S
    if usual_s is not None:
        cost += LAG_DRIFT * np.maximum(0, np.abs(LAGS_S - usual_s) / SAMPLE_S - 1)
    return cost
