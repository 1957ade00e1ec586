"""Chooses the hint that would help a learner most: which limb should go where. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rtc_server.feedback import Hint
from rtc_server.scoring.lags import ZERO_LAG
from rtc_server.scoring.limb_directions import Floats
from rtc_server.scoring.limbs import LIMB_NAMES, MIRRORED_LIMBS
from rtc_server.scoring.sample import SampleScore

MIN_WEIGHT_SHARE = 0.08  # of the window's weight: a limb with less does not matter now
WEAK_SKILL = 0.5
HINT_SAMPLES = 3
MIN_DEVIATION = 0.17  # of a unit vector, about 10°: with less the hint is only "watch"

# The part of the body that a hint names.
ARMS = {
    "left_upper_arm": "left_arm",
    "left_forearm": "left_forearm",
    "right_upper_arm": "right_arm",
    "right_forearm": "right_forearm",
}
THIGHS = {"left_thigh": "left_knee", "right_thigh": "right_knee"}
SHINS = {"left_shin": "left_foot", "right_shin": "right_foot"}
PARTS = ARMS | THIGHS | SHINS


def choose_hint(window: Sequence[SampleScore], limb_skill: Floats, mirror: bool) -> Hint | None:
    """The hint for the weakest limb that matters; None where no limb is weak.

    :param limb_skill: (11,) of the window, NaN where unknown.
    """
    weight = np.sum([s.evidence[ZERO_LAG] for s in window], axis=0)
    matters = weight > MIN_WEIGHT_SHARE * weight.sum()
    weak = np.where(matters & (limb_skill < WEAK_SKILL), limb_skill, np.inf)
    limb = int(np.argmin(weak))
    if not np.isfinite(weak[limb]):
        return None
    latest = window[-HINT_SAMPLES:]
    learner = np.array([s.angles_deg[limb] for s in latest])
    reference = np.array([s.reference_deg[limb] for s in latest])
    own = MIRRORED_LIMBS[limb] if mirror else limb
    return hint_for_limb(LIMB_NAMES[limb], LIMB_NAMES[own], learner, reference, mirror)


def hint_for_limb(
    limb: str, own: str, learner_deg: Floats, reference_deg: Floats, mirror: bool
) -> Hint | None:
    """Say which way a limb should go.

    :param limb: its name in the compared frame, where it is known which way is outward.
    :param own: its name by the learner's own left and right.
    :param learner_deg: (n,) the learner's last directions, NaN where unknown.
    :param reference_deg: (n,) the lesson's at the same moments.
    :param mirror: whether the learner was mirrored to be compared.
    """
    both = ~np.isnan(learner_deg) & ~np.isnan(reference_deg)
    if not both.any():
        return None
    learner, reference = np.radians(learner_deg[both]), np.radians(reference_deg[both])
    right = float(np.mean(np.cos(reference) - np.cos(learner)))  # in the compared frame
    down = float(np.mean(np.sin(reference) - np.sin(learner)))
    if max(abs(right), abs(down)) < MIN_DEVIATION:
        return Hint("watch", PARTS.get(own, own))
    # In an unmirrored frame of a person who faces it, their left is on the right.
    outward = right if limb.startswith("left") else -right
    to_right = (right > 0) == mirror  # the learner's own right
    return _directed_hint(own, outward, down, to_right)


def _directed_hint(own: str, outward: float, down: float, to_right: bool) -> Hint:
    vertical = abs(down) >= abs(outward)
    part = PARTS.get(own, own)
    if own == "torso":
        return Hint("lean_right" if to_right else "lean_left")
    if own == "shoulders":
        return Hint("level_shoulders")
    if own == "head":
        return Hint("tilt_right" if to_right else "tilt_left")
    if own in ARMS or own in THIGHS:
        if vertical:
            return Hint("lower" if down > 0 else "raise", part)
        return Hint("open" if outward > 0 else "bring_in", part)
    if vertical:
        knee = part.replace("foot", "knee")
        return Hint("straighten" if down > 0 else "bend", knee)
    return Hint("step_out" if outward > 0 else "step_in", part)
