"""Which way a limb should go, as one hint to the learner. Pure."""

from __future__ import annotations

import numpy as np

from rtc_server.feedback import Hint
from rtc_server.scoring.limb_directions import Floats

ARMS = {
    "left_upper_arm": "left_arm",
    "left_forearm": "left_forearm",
    "right_upper_arm": "right_arm",
    "right_forearm": "right_forearm",
}
THIGHS = {"left_thigh": "left_knee", "right_thigh": "right_knee"}
SHINS = {"left_shin": "left_foot", "right_shin": "right_foot"}
ENOUGH = 0.17  # of a unit direction, about 10°


def for_limb(
    limb: str, own: str, learner_deg: Floats, target_deg: Floats, mirror: bool
) -> Hint | None:
    """Say which way a limb should go.

    :param limb: its name in the picture compared, where outward is known.
    :param own: its name by the learner's own left and right.
    :param learner_deg: (n,) the learner's last directions, NaN where unknown.
    :param target_deg: (n,) the lesson's at the same moments.
    :param mirror: whether the learner was mirrored to be compared.
    """
    both = ~np.isnan(learner_deg) & ~np.isnan(target_deg)
    if not both.any():
        return None
    learner, target = np.radians(learner_deg[both]), np.radians(target_deg[both])
    right = float(np.mean(np.cos(target) - np.cos(learner)))  # of the picture compared
    down = float(np.mean(np.sin(target) - np.sin(learner)))
    if max(abs(right), abs(down)) < ENOUGH:
        return Hint("watch", _part(own))
    # In an unmirrored picture of a person who faces it, their left is on the right.
    outward = right if limb.startswith("left") else -right
    to_right = (right > 0) == mirror  # the learner's own
    return _hint(own, outward, down, to_right)


def _hint(own: str, outward: float, down: float, to_right: bool) -> Hint:
    upright = abs(down) >= abs(outward)
    part = _part(own)
    if own == "torso":
        return Hint("lean_right" if to_right else "lean_left")
    if own == "shoulders":
        return Hint("level_shoulders")
    if own == "head":
        return Hint("tilt_right" if to_right else "tilt_left")
    if own in ARMS or own in THIGHS:
        if upright:
            return Hint("lower" if down > 0 else "raise", part)
        return Hint("open" if outward > 0 else "bring_in", part)
    if upright:
        knee = part.replace("foot", "knee")
        return Hint("straighten" if down > 0 else "bend", knee)
    return Hint("step_out" if outward > 0 else "step_in", part)


def _part(own: str) -> str:
    return (ARMS | THIGHS | SHINS).get(own, own)
