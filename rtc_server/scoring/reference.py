"""A lesson prepared for scoring: directions, their weights, and what chance would score. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring import limb_directions
from rtc_server.scoring.chance import chance_of
from rtc_server.scoring.limb_directions import Floats
from rtc_server.types import PoseTrack

MOST_BALANCE = 3.0
EVIDENCE_S = 8.0  # of usual dancing, before a score counts in full
TELLING_S = 16.0  # of a lesson: a shorter one is more easily met by luck
DOUBT = 0.34  # what half an agreement is up against, the more so the less a lesson has to tell


@dataclass(frozen=True, slots=True)
class Reference:
    """What a learner is compared with; (n, 11) arrays, limbs as in `matching.LIMBS`."""

    track: PoseTrack
    angles_deg: Floats
    weight: Floats  # of each limb at each sample, 0 where its direction is unknown
    chance: Floats  # what any other moment of the lesson would score here, 0..1
    balance: Floats  # (11,) makes up for limbs that luck gets right nearly always
    step_s: float  # the time between samples
    evidence: float  # weight × (1 − chance) × seconds that make a score count in full
    doubt: float  # see DOUBT

    def at(self, lesson_s: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
        """Angles, weights and chance at the given positions, interpolated.

        :param lesson_s: (k,) positions; one outside the lesson gets no weight.
        :returns: three (k, 11) arrays.
        """
        t_s = self.track.t_s
        left, right, share = limb_directions.between(t_s, lesson_s)
        part = share[:, None].astype(np.float32)
        a, b = self.angles_deg[left], self.angles_deg[right]
        mixed = a + limb_directions.turn_deg(b, a) * part
        angles = np.where(np.isnan(mixed), np.where(np.isnan(a), b, a), mixed)
        weight = self.weight[left] * (1 - part) + self.weight[right] * part
        chance = self.chance[left] * (1 - part) + self.chance[right] * part
        inside = (lesson_s >= t_s[0] - self.step_s) & (lesson_s <= t_s[-1] + self.step_s)
        return angles, weight * inside[:, None], chance


def prepare(track: PoseTrack) -> Reference:
    """Weigh each limb at each moment and find what chance would score there (scoring.md).

    :raises ValueError: an empty track.
    """
    if len(track) == 0:
        raise ValueError("expected a lesson with at least one pose, got none")
    angles = limb_directions.angles_deg(track.xy, track.confidence, track.aspect)
    weight = limb_directions.BASE_WEIGHT * limb_directions.certainty(track.confidence)
    weight = np.where(np.isnan(angles), 0, weight).astype(np.float32)
    chance = chance_of(track.t_s, angles)
    step_s = float(np.median(np.diff(track.t_s))) if len(track) > 1 else 0.2
    balance = _balance(weight, chance)
    usual = float((weight * balance * (1 - chance)).sum(axis=1).mean())
    long_s = float(track.t_s[-1] - track.t_s[0]) + step_s
    return Reference(
        *(track, angles, weight, chance, balance, step_s),
        evidence=usual * min(EVIDENCE_S, long_s),
        doubt=DOUBT * max(1.0, TELLING_S / long_s) ** 0.5,
    )


def _balance(weight: Floats, chance: Floats) -> Floats:
    """(11,) 1..MOST_BALANCE: the root of weight over evidence.

    Legs stand most of the time, so that luck gets them right: their evidence is a twentieth of the
    arms'. Half way (in logarithms) back to their weight, standing through every squat costs.
    """
    offered = (weight * (1 - chance)).sum(axis=0)
    share = np.divide(weight.sum(axis=0), offered, out=np.ones_like(offered), where=offered > 0)
    balance: Floats = np.minimum(np.sqrt(share), MOST_BALANCE).astype(np.float32)
    return balance
