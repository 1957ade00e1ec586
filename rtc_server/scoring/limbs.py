"""The limbs that are scored: what each one joins, counts, and does in somebody who stands. Pure.

This table is the one place to add a limb or to change what one counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOSE, NECK = 0, 1
R_SHOULDER, R_ELBOW, R_WRIST, L_SHOULDER, L_ELBOW, L_WRIST = 2, 3, 4, 5, 6, 7
R_HIP, R_KNEE, R_ANKLE, L_HIP, L_KNEE, L_ANKLE = 8, 9, 10, 11, 12, 13
MID_HIP = 18  # not a COCO joint: the middle of both hips
# COCO-18 with left and right exchanged.
MIRRORED_JOINTS = np.array([0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16])


@dataclass(frozen=True, slots=True)
class Limb:
    """A directed line from one joint to another."""

    start: int
    end: int
    weight: float
    # How people in twelve dance recordings held it most of the time: mean angle (degrees, x to the
    # right, y down), σ in degrees, and the share of the time; the rest of the time it was anywhere.
    upright: tuple[float, float, float]


# Left and right are those of the person in the frame.
LIMBS: dict[str, Limb] = {
    "left_upper_arm": Limb(L_SHOULDER, L_ELBOW, 1.0, upright=(70, 35, 0.75)),
    "left_forearm": Limb(L_ELBOW, L_WRIST, 1.5, upright=(80, 75, 0.45)),
    "right_upper_arm": Limb(R_SHOULDER, R_ELBOW, 1.0, upright=(110, 35, 0.75)),
    "right_forearm": Limb(R_ELBOW, R_WRIST, 1.5, upright=(100, 75, 0.45)),
    "left_thigh": Limb(L_HIP, L_KNEE, 1.0, upright=(84, 12, 0.95)),
    "left_shin": Limb(L_KNEE, L_ANKLE, 1.0, upright=(90, 12, 0.95)),
    "right_thigh": Limb(R_HIP, R_KNEE, 1.0, upright=(96, 12, 0.95)),
    "right_shin": Limb(R_KNEE, R_ANKLE, 1.0, upright=(90, 12, 0.95)),
    "torso": Limb(MID_HIP, NECK, 1.0, upright=(-90, 8, 0.95)),
    "shoulders": Limb(R_SHOULDER, L_SHOULDER, 1.0, upright=(0, 8, 0.95)),
    "head": Limb(NECK, NOSE, 1.0, upright=(-90, 15, 0.90)),
}
LIMB_NAMES = tuple(LIMBS)
LIMB_COUNT = len(LIMB_NAMES)
STARTS = np.array([limb.start for limb in LIMBS.values()])
ENDS = np.array([limb.end for limb in LIMBS.values()])
BASE_WEIGHTS = np.array([limb.weight for limb in LIMBS.values()], np.float32)


def _other_side(name: str) -> str:
    side, _, part = name.partition("_")
    return {"left": f"right_{part}", "right": f"left_{part}"}.get(side, name)


def limb_indices(*names: str) -> NDArray[np.intp]:
    """The places of these limbs in arrays of LIMB_COUNT limbs."""
    return np.array([LIMB_NAMES.index(name) for name in names])


MIRRORED_LIMBS = limb_indices(*map(_other_side, LIMB_NAMES))
SHOULDERS = LIMB_NAMES.index("shoulders")

# FREE_DEG is the difference that costs nothing, SIGMA_DEG how fast more of it costs. Legs and the
# trunk turn far less than arms and heads: 20° are a small mistake of an arm, but mean that a knee
# did not bend.
_MOBILE = np.array(["arm" in name or name == "head" for name in LIMB_NAMES])
FREE_DEG = np.where(_MOBILE, 10, 7).astype(np.float32)
SIGMA_DEG = np.where(_MOBILE, 25, 15).astype(np.float32)
