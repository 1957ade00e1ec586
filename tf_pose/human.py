"""A person as the network sees them: up to 18 joints with their confidences.

Classes, fields and methods have tf-pose's names, in which a joint's confidence is its `score`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tf_pose.geometry import Box
from tf_pose.skeleton import PARTS, CocoPart

_MISSING = (np.nan, np.nan)


class BodyPart(NamedTuple):
    """One joint: x and y in 0..1 of the image, score about 0..1."""

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

    `score` is the mean over the joints of the joint's confidence and the affinity of the limb that
    led to it, so that it may exceed 1.
    """

    body_parts: dict[int, BodyPart] = field(default_factory=dict)
    score: float = 0.0

    def part_count(self) -> int:
        """How many joints were found."""
        return len(self.body_parts)

    def get_max_score(self) -> float:
        """The score of the most certain joint."""
        return max(part.score for part in self.body_parts.values())

    def to_whole_image(self, region: Box) -> Human:
        """Map joints in 0..1 of a region to 0..1 of the image; `region` is in 0..1 of it."""
        parts = {
            k: part._replace(x=region.x + part.x * region.w, y=region.y + part.y * region.h)
            for k, part in self.body_parts.items()
        }
        return Human(parts, self.score)

    def arrays(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The joints as xy (18, 2), 0..1, NaN where missing, and confidence (18,), 0 there."""
        xy, confidence = [_MISSING] * PARTS, [0.0] * PARTS
        for k, part in self.body_parts.items():
            xy[k], confidence[k] = (part.x, part.y), part.score
        return np.array(xy, np.float32), np.array(confidence, np.float32)

    @classmethod
    def from_arrays(
        cls,
        xy: NDArray[np.floating],
        confidence: NDArray[np.floating],
        human_score: float | None = None,
    ) -> Human:
        """Build a person from `arrays`; `human_score` is the mean confidence when left out.

        :raises ValueError: other shapes than (18, 2) and (18,).
        """
        if xy.shape != (PARTS, 2) or confidence.shape != (PARTS,):
            raise ValueError(
                f"expected xy ({PARTS}, 2) and confidence ({PARTS},), "
                f"got {xy.shape} and {confidence.shape}"
            )
        found = np.flatnonzero(np.isfinite(xy).all(axis=1))
        parts = {
            int(i): BodyPart(
                f"0-{i}", int(i), float(xy[i, 0]), float(xy[i, 1]), float(confidence[i])
            )
            for i in found
        }
        if human_score is None:
            human_score = float(np.mean(confidence[found])) if len(found) else 0.0
        return cls(parts, human_score)

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.body_parts.values())
