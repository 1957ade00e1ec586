"""How far limbs swing about their usual direction, and how much of that two people share. Pure.

Directions are unit vectors, so that means and variances on the circle are plain sums (Mardia and
Jupp, Directional Statistics, 2000). Sums are kept at every lag at once, and add up over samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring import limb_directions
from rtc_server.scoring.limb_directions import Floats

Doubles = NDArray[np.float64]

# Of sums: the weight, its products with both people's cosines and sines and with what they share;
# and of what was hidden the weight and its products with the lesson's.
KINDS = 9
HELD = 0.0005  # of the weight: a swing of 4° is none, and a pose that is held is judged by skill
TREMBLING = 0.02  # of the weight: about 8°, by which a detector makes anybody move
# Logarithmic: how fast movements of another size cost, where they are smaller and where larger.
SMALLER, LARGER = 0.22, 0.8


@dataclass(frozen=True, slots=True)
class Motion:
    """Of each limb, (…, 11): the weight, and weighted variances on the circle.

    A limb that was hidden for longer than it was seen is taken to hang still.
    """

    weight: Doubles
    shared: Doubles  # the covariance of learner and lesson
    lesson: Doubles
    learner: Doubles

    @classmethod
    def of(cls, sums: Doubles) -> Motion:
        """From what `moments` added up to, (KINDS, …, 11), at one lag or at all of them."""
        weight, x, y, own_x, own_y, both, unseen, unseen_x, unseen_y = sums
        whole = np.maximum(weight, 1e-9)
        hidden = unseen > weight
        return cls(
            np.where(hidden, unseen, weight),
            shared=np.where(hidden, 0, both - (x * own_x + y * own_y) / whole),
            lesson=np.where(hidden, _spread(unseen, unseen_x, unseen_y), _spread(weight, x, y)),
            learner=np.where(hidden, 0, _spread(weight, own_x, own_y)),
        )

    def along(self, skill: float) -> float:
        """How far the learner goes along with the lesson: 1 in all, 0 not at all, less against it.

        Lin's concordance (1989) without the shift of the means: a leaning camera costs nothing,
        movements of another size do. Where hardly anything moves, it is the skill.
        """
        held = HELD * float(self.weight.sum())
        swung = float((self.lesson + self.learner).sum()) / 2 + held
        return (float(self.shared.sum()) + held * max(0.0, skill)) / swung if swung > 0 else 0.0

    def along_by_lag(self) -> Doubles:
        """The same without the poses that are held, (lags,), of arrays (lags, 11)."""
        held = HELD * self.weight.sum(axis=-1)
        swung = np.maximum(1e-9, (self.lesson + self.learner).sum(axis=-1) / 2 + held)
        along: Doubles = self.shared.sum(axis=-1) / swung
        return along

    def size(self, these: NDArray[np.intp]) -> float:
        """How large the learner's swings are: 1 as large as the lesson's."""
        trembling = TREMBLING * float(self.weight[these].sum())
        asked = float(self.lesson[these].sum()) + trembling
        return math.sqrt((float(self.learner[these].sum()) + trembling) / asked) if asked else 1.0

    def followed(self, these: NDArray[np.intp]) -> float:
        """The slope of the learner's swings on the lesson's, which trembling leaves alone."""
        asked = float(self.lesson[these].sum())
        return float(self.shared[these].sum()) / asked if asked > 1e-9 else 1.0

    def energy(self) -> float:
        """How near the size of the learner's movements comes to the lesson's, 0..1.

        Limb by limb, by how far each is asked to swing, so that legs that stand are no detail.
        """
        known = self.weight > 0
        if not known.any():
            return 1.0
        weight, lesson, learner = self.weight[known], self.lesson[known], self.learner[known]
        asked = lesson / weight + TREMBLING
        ratio = np.log((learner / weight + TREMBLING) / asked) / 2
        near = np.exp(-0.5 * (ratio / np.where(ratio < 0, SMALLER, LARGER)) ** 2)
        return float(np.average(near, weights=limb_directions.BASE_WEIGHT[known] * np.sqrt(asked)))


def moments(weight: Floats, hidden: Floats, target_deg: Floats, learner_deg: Floats) -> Doubles:
    """What one sample adds to the sums, (KINDS, lags, 11).

    :param weight: (lags, 11), 0 where either direction is unknown.
    :param hidden: (lags, 11), the lesson's weight where only its direction is known.
    :param target_deg: (lags, 11) the lesson's directions.
    :param learner_deg: (11,) the learner's.
    """
    target = np.radians(np.nan_to_num(target_deg).astype(np.float64))
    own = np.radians(np.nan_to_num(learner_deg).astype(np.float64))
    x, y, own_x, own_y = np.cos(target), np.sin(target), np.cos(own), np.sin(own)
    ones = np.ones_like(target)
    seen = [ones, x, y, ones * own_x, ones * own_y, x * own_x + y * own_y]
    return np.concatenate([weight * np.stack(seen), hidden * np.stack([ones, x, y])])


def _spread(weight: Doubles, x: Doubles, y: Doubles) -> Doubles:
    """The weighted variance on the circle, from sums of unit vectors."""
    spread: Doubles = np.maximum(0, weight - (x**2 + y**2) / np.maximum(weight, 1e-9))
    return spread
