"""The table of limbs is consistent."""

import numpy as np
import pytest

from rtc_server.scoring.limbs import (
    LIMB_NAMES,
    LIMBS,
    MID_HIP,
    MIRRORED_JOINTS,
    MIRRORED_LIMBS,
)


@pytest.mark.parametrize("name", LIMB_NAMES)
def test_a_mirrored_limb_joins_the_mirrored_joints(name: str) -> None:
    limb, mirrored = LIMBS[name], LIMBS[LIMB_NAMES[MIRRORED_LIMBS[LIMB_NAMES.index(name)]]]
    joints = np.append(MIRRORED_JOINTS, MID_HIP)
    ends = [joints[limb.start], joints[limb.end]]
    if name == "shoulders":
        ends.reverse()  # its line runs from the right one to the left one
    assert ends == [mirrored.start, mirrored.end]
    assert limb.weight == mirrored.weight


def test_mirroring_twice_gives_the_same_limbs() -> None:
    assert MIRRORED_LIMBS[MIRRORED_LIMBS].tolist() == list(range(len(LIMBS)))
