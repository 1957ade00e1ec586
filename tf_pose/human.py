"""A person as the network sees them: up to 18 joints, each with how certain it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from tf_pose.geometry import Box
from tf_pose.skeleton import PARTS, CocoPart


@dataclass(frozen=True, slots=True)
class BodyPart:
    """One joint: x and y in 0..1 of the picture, score about 0..1."""

    uidx: str
    part_idx: int
    x: float
    y: float
    score: float

    def get_part_name(self) -> CocoPart:
        """The joint's name."""
        return CocoPart(self.part_idx)

    def __str__(self) -> str:
        return f"BodyPart:{self.part_idx}-({self.x:.2f}, {self.y:.2f}) score={self.score:.2f}"


@dataclass(slots=True)
class Human:
    """One person; `body_parts` has an entry for each joint that was found.

    `score` is the mean over the joints of how certain each and the limb that brought it were,
    so that it may exceed 1.
    """

    body_parts: dict[int, BodyPart] = field(default_factory=dict)
    score: float = 0.0

    def part_count(self) -> int:
        """How many joints were found."""
        return len(self.body_parts)

    def get_max_score(self) -> float:
        """The most certain joint's score."""
        return max(part.score for part in self.body_parts.values())

    def within(self, seen: Box) -> Human:
        """The person in 0..1 of a picture of which `seen` (in 0..1 of it) is what they are in."""
        parts = {
            k: replace(part, x=seen.x + part.x * seen.w, y=seen.y + part.y * seen.h)
            for k, part in self.body_parts.items()
        }
        return Human(parts, self.score)

    def arrays(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Give the joints as xy (18, 2), 0..1, NaN where missing, and score (18,), 0 there."""
        xy = np.full((PARTS, 2), np.nan, np.float32)
        score = np.zeros(PARTS, np.float32)
        for index, part in self.body_parts.items():
            xy[index] = part.x, part.y
            score[index] = part.score
        return xy, score

    @classmethod
    def from_arrays(
        cls,
        xy: NDArray[np.floating],
        score: NDArray[np.floating],
        human_score: float | None = None,
    ) -> Human:
        """Make a person of what `arrays` gives; `human_score` is the joints' mean when left out.

        :raises ValueError: other shapes than (18, 2) and (18,).
        """
        if xy.shape != (PARTS, 2) or score.shape != (PARTS,):
            raise ValueError(
                f"expected xy ({PARTS}, 2) and score ({PARTS},), got {xy.shape} and {score.shape}"
            )
        found = np.flatnonzero(np.isfinite(xy).all(axis=1))
        parts = {
            int(i): BodyPart(f"0-{i}", int(i), float(xy[i, 0]), float(xy[i, 1]), float(score[i]))
            for i in found
        }
        if human_score is None:
            human_score = float(np.mean(score[found])) if len(found) else 0.0
        return cls(parts, human_score)

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.body_parts.values())
