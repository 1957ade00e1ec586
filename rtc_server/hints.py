"""One short sentence that tells the learner what to change. Pure."""

from __future__ import annotations

import numpy as np

from rtc_server.matching import Floats

STEP_INTO_VIEW = "step into view"
ARMS = {
    "left_upper_arm": "left arm",
    "left_forearm": "left forearm",
    "right_upper_arm": "right arm",
    "right_forearm": "right forearm",
}
THIGHS = {"left_thigh": "left knee", "right_thigh": "right knee"}
SHINS = {"left_shin": "left foot", "right_shin": "right foot"}
ENOUGH = 0.17  # of a unit direction, about 10°


def for_limb(
    limb: str, own: str, learner_deg: Floats, target_deg: Floats, mirror: bool
) -> str | None:
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
        return f"watch your {_name(own)}"
    # In an unmirrored picture of a person who faces it, their left is on the right.
    outward = right if limb.startswith("left") else -right
    own_side = "right" if (right > 0) == mirror else "left"
    return _sentence(own, outward, down, own_side)


def _sentence(own: str, outward: float, down: float, own_side: str) -> str:
    upright = abs(down) >= abs(outward)
    name = _name(own)
    if own == "torso":
        return f"lean more to your {own_side}"
    if own == "shoulders":
        return "level your shoulders with the instructor's"
    if own == "head":
        return f"tilt your head to your {own_side}"
    if own in ARMS or own in THIGHS:
        if upright:
            return f"{'lower' if down > 0 else 'raise'} your {name}"
        return f"{'open' if outward > 0 else 'bring in'} your {name}"
    if upright:
        return f"{'straighten' if down > 0 else 'bend'} your {own.split('_')[0]} knee"
    return f"step {'out' if outward > 0 else 'in'} with your {name}"


def _name(own: str) -> str:
    return (ARMS | THIGHS | SHINS).get(own, own)
