"""Poses as limb directions, mirrored or not, and how similar two directions are. Pure.

Directions do not depend on place, size and build. No rotation is removed, because a lean is an
error.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rtc_server.scoring.limbs import (
    ENDS,
    FREE_DEG,
    L_HIP,
    L_SHOULDER,
    LIMB_COUNT,
    MID_HIP,
    MIRRORED_JOINTS,
    MIRRORED_LIMBS,
    NECK,
    R_HIP,
    R_SHOULDER,
    SHOULDERS,
    SIGMA_DEG,
    STARTS,
)

Floats = NDArray[np.float32]

MIN_CONFIDENCE = 0.1  # a less certain joint is treated as missing
FULL_CONFIDENCE = 0.5  # a joint as certain as this counts in full
MIN_CONFIDENCE_WEIGHT = 0.3  # what a limb counts whose joints were only just found
MIN_LIMB_TORSOS = 0.15  # a shorter limb points at the camera and has no direction worth scoring
MIN_TORSO_HEIGHTS = 0.07  # of the frame's height: somebody smaller is a passer-by in the distance


def mirror_pose(xy: Floats, confidence: Floats) -> tuple[Floats, Floats]:
    """The person as seen in a mirror: x becomes 1 − x, left and right change names.

    :param xy: (…, 18, 2) in 0..1 of the frame.
    :param confidence: (…, 18).
    """
    mirrored = xy[..., MIRRORED_JOINTS, :].copy()
    mirrored[..., 0] = 1 - mirrored[..., 0]
    return mirrored, confidence[..., MIRRORED_JOINTS]


def limb_angles_deg(xy: Floats, confidence: Floats, aspect: float) -> Floats:
    """The direction of each limb as an angle in the frame.

    :param xy: (…, 18, 2) in 0..1 of the frame.
    :param confidence: (…, 18); joints under MIN_CONFIDENCE are ignored.
    :param aspect: width / height of the frame.
    :returns: (…, 11) degrees in -180..180, x to the right and y down, NaN where unknown.
    """
    points = _scored_points(xy, confidence, aspect)
    return _angles_of(points, torso_length(points))


def near_limb_angles_deg(xy: Floats, confidence: Floats, aspect: float) -> Floats:
    """The same of one person, (18, 2) and (18,); all NaN where they are too small to be scored."""
    points = _scored_points(xy, confidence, aspect)
    torso = torso_length(points)
    if torso >= MIN_TORSO_HEIGHTS:
        return _angles_of(points, torso)
    return np.full(LIMB_COUNT, np.nan, np.float32)


def _angles_of(points: Floats, torso: Floats) -> Floats:
    vectors = points[..., ENDS, :] - points[..., STARTS, :]
    length = np.hypot(vectors[..., 0], vectors[..., 1])
    degrees = np.degrees(np.arctan2(vectors[..., 1], vectors[..., 0]))
    return np.where(length > MIN_LIMB_TORSOS * torso[..., None], degrees, np.nan).astype(np.float32)


def confidence_weights(confidence: Floats) -> Floats:
    """How much each limb counts, by the less certain of its ends: MIN_CONFIDENCE_WEIGHT..1.

    :param confidence: (…, 18).
    :returns: (…, 11).
    """
    hips = np.minimum(confidence[..., R_HIP], confidence[..., L_HIP])
    joints = np.concatenate([confidence, hips[..., None]], axis=-1)
    lower = np.minimum(joints[..., STARTS], joints[..., ENDS])
    weights: Floats = MIN_CONFIDENCE_WEIGHT + (1 - MIN_CONFIDENCE_WEIGHT) * np.clip(
        lower / FULL_CONFIDENCE, 0, 1
    )
    return weights


def _scored_points(xy: Floats, confidence: Floats, aspect: float) -> Floats:
    """The joints that are certain enough, and the middle of the hips, in heights of the frame."""
    points = xy * np.array([aspect, 1.0], np.float32)
    points = np.where((confidence >= MIN_CONFIDENCE)[..., None], points, np.nan)
    mid_hip = (points[..., R_HIP, :] + points[..., L_HIP, :]) / 2
    return np.concatenate([points, mid_hip[..., None, :]], axis=-2)


def torso_length(points: Floats) -> Floats:
    """The longer of neck to mid-hip and 1.3 × the shoulders' width; 0 where neither is known.

    :param points: (…, ≥ 19, 2) in units that are the same along x and y.
    """
    trunk = points[..., NECK, :] - points[..., MID_HIP, :]
    across = points[..., L_SHOULDER, :] - points[..., R_SHOULDER, :]
    lengths = np.stack(
        [np.hypot(trunk[..., 0], trunk[..., 1]), 1.3 * np.hypot(across[..., 0], across[..., 1])]
    )
    longest: Floats = np.max(known_or_zero(lengths), axis=0)
    return longest


def mirror_angles_deg(angles: Floats) -> Floats:
    """The directions, (…, 11), of the same person seen in a mirror."""
    mirrored: Floats = (360 - angles[..., MIRRORED_LIMBS]) % 360 - 180
    # The shoulders' line runs from the right one to the left one: its ends change places, too.
    mirrored[..., SHOULDERS] = -angles[..., SHOULDERS]
    return mirrored


def angle_difference_deg(a: Floats, b: Floats) -> Floats:
    """The signed turn from b to a, -180..180 degrees; NaN where either is unknown."""
    turn: Floats = (a - b + 180) % 360 - 180
    return turn


def known_or_zero(values: Floats) -> Floats:
    """The same with 0 where a value is unknown (NaN)."""
    return np.where(np.isnan(values), np.float32(0), values)


def similarity(a_deg: Floats, b_deg: Floats) -> Floats:
    """1 for directions within FREE_DEG, falling like a Gaussian beyond; NaN where unknown.

    :param a_deg: (…, 11); b_deg the same or one that broadcasts with it.
    """
    beyond = np.maximum(0.0, np.abs(angle_difference_deg(a_deg, b_deg)) - FREE_DEG)
    similar: Floats = np.exp(-0.5 * (beyond / SIGMA_DEG) ** 2)
    return similar
