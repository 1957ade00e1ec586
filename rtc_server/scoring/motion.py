"""How much limbs move about their usual direction, and how much of that two people share. Pure.

Directions are unit vectors, so that means and variances on the circle are plain sums (Mardia and
Jupp, Directional Statistics, 2000). Sums are kept at every lag at once, and add up over samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring.limb_directions import Floats, known_or_zero
from rtc_server.scoring.limbs import BASE_WEIGHTS
from rtc_server.scoring.reference import Reference

Doubles = NDArray[np.float64]

# The sums of seen limbs: the weight, its products with both people's cosines and sines, and with
# the cosine of the angle between the two. The sums of hidden limbs: the weight and its products
# with the lesson's cosine and sine.
SUM_COUNT = 9
STILL_VARIANCE = 0.0005  # of the weight: swings of 4° are none, and a held pose is judged by skill
NOISE_VARIANCE = 0.02  # of the weight: about 8°, by which a detector makes anybody tremble
# How fast movements of another size cost, on a logarithmic scale: smaller ones and larger ones.
SMALLER_SIGMA, LARGER_SIGMA = 0.22, 0.8


@dataclass(frozen=True, slots=True)
class Motion:
    """The weight of each limb, (…, 11), and weighted variances on the circle.

    A limb that was hidden for longer than it was seen is taken to hang still.
    """

    weight: Doubles
    covariance: Doubles  # of learner and lesson
    lesson_variance: Doubles
    learner_variance: Doubles

    @classmethod
    def from_sums(cls, sums: Doubles) -> Motion:
        """Build from added-up `direction_sums`, (SUM_COUNT, …, 11), at one lag or at all."""
        weight, x, y, own_x, own_y, both, unseen, unseen_x, unseen_y = sums
        whole = np.maximum(weight, 1e-9)
        hidden = unseen > weight
        seen_variance = _circular_variance(weight, x, y)
        hidden_variance = _circular_variance(unseen, unseen_x, unseen_y)
        return cls(
            np.where(hidden, unseen, weight),
            covariance=np.where(hidden, 0, both - (x * own_x + y * own_y) / whole),
            lesson_variance=np.where(hidden, hidden_variance, seen_variance),
            learner_variance=np.where(hidden, 0, _circular_variance(weight, own_x, own_y)),
        )

    def concordance(self, skill: float) -> float:
        """How far the learner moves with the lesson: 1 fully, 0 not at all, negative against it.

        Lin's concordance (1989) without the shift of the means: a leaning camera costs nothing,
        movements of another size do. Where hardly anything moves, the result is the skill.
        """
        still = STILL_VARIANCE * float(self.weight.sum())
        moved = float((self.lesson_variance + self.learner_variance).sum()) / 2 + still
        shared = float(self.covariance.sum()) + still * max(0.0, skill)
        return shared / moved if moved > 0 else 0.0

    def concordance_by_lag(self) -> Doubles:
        """The same without the part for held poses, (lags,), of arrays (lags, 11)."""
        still = STILL_VARIANCE * self.weight.sum(axis=-1)
        variances = self.lesson_variance + self.learner_variance
        moved = np.maximum(1e-9, variances.sum(axis=-1) / 2 + still)
        concordance: Doubles = self.covariance.sum(axis=-1) / moved
        return concordance

    def relative_size(self, limbs: NDArray[np.intp]) -> float:
        """How large the learner's movements are: 1 as large as the lesson's."""
        noise = NOISE_VARIANCE * float(self.weight[limbs].sum())
        asked = float(self.lesson_variance[limbs].sum()) + noise
        moved = float(self.learner_variance[limbs].sum()) + noise
        return math.sqrt(moved / asked) if asked else 1.0

    def regression_slope(self, limbs: NDArray[np.intp]) -> float:
        """The slope of the learner's directions on the lesson's, which noise does not change."""
        asked = float(self.lesson_variance[limbs].sum())
        return float(self.covariance[limbs].sum()) / asked if asked > 1e-9 else 1.0

    def energy(self) -> float:
        """How near the size of the learner's movements comes to the lesson's, 0..1.

        Limb by limb, weighed by how far each one is asked to move, so that legs that stand still
        do matter.
        """
        known = self.weight > 0
        if not known.any():
            return 1.0
        weight = self.weight[known]
        asked = self.lesson_variance[known] / weight + NOISE_VARIANCE
        ratio = np.log((self.learner_variance[known] / weight + NOISE_VARIANCE) / asked) / 2
        near = np.exp(-0.5 * (ratio / np.where(ratio < 0, SMALLER_SIGMA, LARGER_SIGMA)) ** 2)
        return float(np.average(near, weights=BASE_WEIGHTS[known] * np.sqrt(asked)))


def direction_sums(
    weight: Floats, hidden: Floats, reference_deg: Floats, learner_deg: Floats
) -> Doubles:
    """What one sample adds to the sums, (SUM_COUNT, lags, 11).

    :param weight: (lags, 11), 0 where either direction is unknown.
    :param hidden: (lags, 11), the lesson's weight where only its direction is known.
    :param reference_deg: (lags, 11) the lesson's directions.
    :param learner_deg: (11,) the learner's.
    """
    reference = np.radians(known_or_zero(reference_deg).astype(np.float64))
    own = np.radians(known_or_zero(learner_deg).astype(np.float64))
    x, y, own_x, own_y = np.cos(reference), np.sin(reference), np.cos(own), np.sin(own)
    ones = np.ones_like(reference)
    seen = [ones, x, y, ones * own_x, ones * own_y, x * own_x + y * own_y]
    return np.concatenate([weight * np.stack(seen), hidden * np.stack([ones, x, y])])


def measure_movement(reference: Reference) -> float:
    """How much somebody moves: the weighted mean of their limbs' variances on the circle, 0..1."""
    weight = reference.weight.astype(np.float64)
    angles = np.radians(known_or_zero(reference.angles_deg).astype(np.float64))
    x, y = (weight * np.cos(angles)).sum(axis=0), (weight * np.sin(angles)).sum(axis=0)
    whole = weight.sum(axis=0)
    return float(_circular_variance(whole, x, y).sum() / max(1e-9, float(whole.sum())))


def _circular_variance(weight: Doubles, x: Doubles, y: Doubles) -> Doubles:
    """The weighted variance on the circle, from sums of unit vectors."""
    variance: Doubles = np.maximum(0, weight - (x**2 + y**2) / np.maximum(weight, 1e-9))
    return variance
