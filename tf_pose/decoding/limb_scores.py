"""How much the maps support a limb of a person who is known to be there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tf_pose.decoding.grouping import Person, field_alignment
from tf_pose.decoding.maps import Maps
from tf_pose.decoding.peaks import Peaks
from tf_pose.pose_geometry import torso_px
from tf_pose.skeleton import LONGEST_TORSOS, PARTS

CONFIDENCE_WEIGHT = 2.0  # of a peak's confidence, relative to a field's mean
LENGTH_PENALTY = 3.0  # for a limb twice as long as limbs are; the field's mean is 1 at best

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
_LONGEST = np.array(LONGEST_TORSOS, np.float32)


def limb_support(
    limb: Ints, start: Ints, end: Ints, peaks: Peaks, maps: Maps, torso: float
) -> Floats:
    """How well the field points from peak to peak, (P,), less a penalty for too long limbs.

    :param torso: in cells, infinite where it is not known.
    """
    along, length = field_alignment(limb, peaks.xy[start], peaks.xy[end], maps)
    beyond = np.maximum(0.0, length / (_LONGEST[limb] * torso) - 1.0)
    support: Floats = (along.mean(axis=1) - LENGTH_PENALTY * beyond).astype(np.float32)
    return support


def torso_in_cells(person: Person, peaks: Peaks) -> float:
    """The person's torso in cells; infinite where it is not known."""
    pose = np.full((PARTS, 2), np.nan, np.float32)
    for part, peak in enumerate(person.peaks):
        if peak >= 0:
            pose[part] = peaks.xy[peak]
    torso = torso_px(pose)
    return torso if torso > 0 else np.inf
