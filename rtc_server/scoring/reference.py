"""A lesson prepared for scoring: directions, their weights, and what chance would score. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring.chance import estimate_chance
from rtc_server.scoring.interpolation import find_neighbours
from rtc_server.scoring.limb_directions import (
    Floats,
    angle_difference_deg,
    confidence_weights,
    limb_angles_deg,
)
from rtc_server.scoring.limbs import BASE_WEIGHTS
from rtc_server.types import PoseTrack

MAX_BALANCE = 3.0
FULL_EVIDENCE_S = 8.0  # of usual dancing, before a score counts in full
RELIABLE_LESSON_S = 16.0  # a shorter lesson is more easily met by chance
DOUBT = 0.34  # the agreement must outweigh it, and more of it the shorter the lesson is


class AnyReference(Protocol):
    """What scoring asks of a reference, be it that of a lesson or one that grows."""

    @property
    def track(self) -> PoseTrack: ...

    @property
    def balance(self) -> Floats: ...

    @property
    def step_s(self) -> float: ...

    @property
    def full_evidence(self) -> float: ...

    @property
    def doubt(self) -> float: ...

    @property
    def instructor(self) -> int: ...

    def at(self, lesson_s: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]: ...


@dataclass(frozen=True, slots=True)
class Reference:
    """What a learner is compared with; (n, 11) arrays, limbs as in `limbs.LIMBS`."""

    track: PoseTrack
    angles_deg: Floats
    weight: Floats  # of each limb at each sample, 0 where its direction is unknown
    chance: Floats  # what any other moment of the lesson would score here, 0..1
    balance: Floats  # (11,) makes up for limbs that chance gets right nearly always
    step_s: float  # the time between samples
    full_evidence: float  # weight × (1 − chance) × seconds that make a score count in full
    doubt: float  # see DOUBT
    instructor: int = 0  # which of the lesson's instructors it is of
    others: tuple[Reference, ...] = ()  # of the lesson's other instructors, by their numbers

    def following(self, instructor: int) -> Reference:
        """What somebody is compared with who follows that instructor of the lesson.

        :raises IndexError: the lesson has no such instructor.
        """
        return (self, *self.others)[instructor]

    def at(self, lesson_s: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
        """Angles, weights and chance at the given positions, interpolated.

        :param lesson_s: (k,) positions; one outside the lesson gets no weight.
        :returns: three (k, 11) arrays.
        """
        t_s = self.track.t_s
        left, right, share = find_neighbours(t_s, lesson_s)
        part = share[:, None].astype(np.float32)
        a, b = self.angles_deg[left], self.angles_deg[right]
        mixed = a + angle_difference_deg(b, a) * part
        angles = np.where(np.isnan(mixed), np.where(np.isnan(a), b, a), mixed)
        weight = self.weight[left] * (1 - part) + self.weight[right] * part
        chance = self.chance[left] * (1 - part) + self.chance[right] * part
        inside = (lesson_s >= t_s[0] - self.step_s) & (lesson_s <= t_s[-1] + self.step_s)
        return angles, weight * inside[:, None], chance


def prepare_references(tracks: Sequence[PoseTrack]) -> Reference:
    """The first instructor's reference, which has those of the others.

    :param tracks: of all instructors of a lesson, by their numbers.
    :raises ValueError: no instructor, or an empty track.
    """
    first, *others = map(prepare_reference, tracks)
    numbered = (replace(one, instructor=k) for k, one in enumerate(others, start=1))
    return replace(first, others=tuple(numbered))


def prepare_reference(track: PoseTrack) -> Reference:
    """Weigh each limb at each moment and find what chance would score there (scoring.md).

    :raises ValueError: an empty track.
    """
    if len(track) == 0:
        raise ValueError("expected a lesson with at least one pose, got none")
    angles = limb_angles_deg(track.xy, track.confidence, track.aspect)
    weight = BASE_WEIGHTS * confidence_weights(track.confidence)
    weight = np.where(np.isnan(angles), 0, weight).astype(np.float32)
    chance = estimate_chance(track.t_s, angles)
    step_s = float(np.median(np.diff(track.t_s))) if len(track) > 1 else 0.2
    balance = _balance_limbs(weight, chance)
    usual = float((weight * balance * (1 - chance)).sum(axis=1).mean())
    length_s = float(track.t_s[-1] - track.t_s[0]) + step_s
    return Reference(
        *(track, angles, weight, chance, balance, step_s),
        full_evidence=usual * min(FULL_EVIDENCE_S, length_s),
        doubt=DOUBT * max(1.0, RELIABLE_LESSON_S / length_s) ** 0.5,
    )


def _balance_limbs(weight: Floats, chance: Floats) -> Floats:
    """(11,) 1..MAX_BALANCE: the root of weight over evidence.

    Legs stand most of the time, so that chance gets them right: their evidence is a twentieth of
    the arms'. This lifts them half way (in logarithms) back to their weight, so that standing
    through every squat costs points.
    """
    evidence = (weight * (1 - chance)).sum(axis=0)
    share = np.divide(weight.sum(axis=0), evidence, out=np.ones_like(evidence), where=evidence > 0)
    balance: Floats = np.minimum(np.sqrt(share), MAX_BALANCE).astype(np.float32)
    return balance
