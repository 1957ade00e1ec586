"""What the maps say for a limb of a person who is known to be there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tf_pose.crop_region import torso_px
from tf_pose.grouping import Person, alignment
from tf_pose.peaks import Peaks
from tf_pose.skeleton import LONGEST_TORSOS, PARTS
from tf_pose.upsample import Maps

HEAT_WEIGHT = 2.0  # of a peak's heat beside a field's mean
TOO_LONG_COSTS = 3.0  # a limb twice as long as limbs are; the field's mean is 1 at best

Floats = NDArray[np.float32]
Ints = NDArray[np.intp]
_LONGEST = np.array(LONGEST_TORSOS, np.float32)


def limb_support(
    limb: Ints, start: Ints, end: Ints, peaks: Peaks, maps: Maps, torso: float
) -> Floats:
    """How well the field points from peak to peak, (P,), less what a limb too long costs.

    `torso` in cells, infinite where it is not known.
    """
    along, length = alignment(limb, peaks.xy[start], peaks.xy[end], maps)
    beyond = np.maximum(0.0, length / (_LONGEST[limb] * torso) - 1.0)
    support: Floats = (along.mean(axis=1) - TOO_LONG_COSTS * beyond).astype(np.float32)
    return support


def torso_of(person: Person, peaks: Peaks) -> float:
    """The person's torso in cells; infinite where it is not known."""
    pose = np.full((PARTS, 2), np.nan, np.float32)
    for part, peak in enumerate(person.peaks):
        if peak >= 0:
            pose[part] = peaks.xy[peak]
    torso = torso_px(pose)
    return torso if torso > 0 else np.inf
