"""How much the maps support a limb of a person who is known to be there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.grouping import Person
from tf_pose.decoding.peaks import Peaks
from tf_pose.pose_geometry import TORSO_JOINTS, torso_of_joints
from tf_pose.skeleton import LONGEST_TORSOS

CONFIDENCE_WEIGHT = 2.0  # of a peak's confidence, relative to a field's mean
LENGTH_PENALTY = 3.0  # for a limb twice as long as limbs are; the field's mean is 1 at best

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
_LONGEST = np.array(LONGEST_TORSOS, np.float32)
_MISSING = [np.nan, np.nan]
_TORSO_PARTS: list[int] = TORSO_JOINTS.tolist()


def limb_support(limb: Ints, alignment: Floats, length: Floats, torso: float) -> Floats:
    """How well the field joins each pair, (P,), less a penalty for too long limbs.

    :param alignment: the mean of the field along each pair, (P,).
    :param torso: in cells, as the pairs' `length`; infinite where it is not known.
    """
    # In one place of memory: there may be hundreds of pairs.
    penalty: Floats = length / (_LONGEST * np.float32(torso)).take(limb)
    penalty -= 1.0
    np.maximum(penalty, 0.0, out=penalty)
    penalty *= LENGTH_PENALTY
    return np.subtract(alignment, penalty, out=penalty)


def torso_in_cells(person: Person, peaks: Peaks) -> float:
    """The person's torso in cells; infinite where it is not known."""
    at = [person.peaks[joint] for joint in _TORSO_PARTS]
    joints = [
        xy if k >= 0 else _MISSING for k, xy in zip(at, peaks.xy.take(at, 0).tolist(), strict=True)
    ]
    torso = torso_of_joints(joints)
    return torso if torso > 0 else np.inf
