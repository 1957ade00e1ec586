"""Poses as limb directions, mirrored or not, and how alike two directions are. Pure.

Directions are free of place, size and build; no rotation is removed, for a lean is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.types import PoseTrack

Floats = NDArray[np.float32]

NOSE, NECK = 0, 1
R_SHOULDER, R_ELBOW, R_WRIST, L_SHOULDER, L_ELBOW, L_WRIST = 2, 3, 4, 5, 6, 7
R_HIP, R_KNEE, R_ANKLE, L_HIP, L_KNEE, L_ANKLE = 8, 9, 10, 11, 12, 13
MID_HIP = 18  # made from both hips

# name: (from, to, base weight). Left and right are those of the person in the picture.
LIMBS: dict[str, tuple[int, int, float]] = {
    "left_upper_arm": (L_SHOULDER, L_ELBOW, 1.0),
    "left_forearm": (L_ELBOW, L_WRIST, 1.5),
    "right_upper_arm": (R_SHOULDER, R_ELBOW, 1.0),
    "right_forearm": (R_ELBOW, R_WRIST, 1.5),
    "left_thigh": (L_HIP, L_KNEE, 1.0),
    "left_shin": (L_KNEE, L_ANKLE, 1.0),
    "right_thigh": (R_HIP, R_KNEE, 1.0),
    "right_shin": (R_KNEE, R_ANKLE, 1.0),
    "torso": (MID_HIP, NECK, 1.0),
    "shoulders": (R_SHOULDER, L_SHOULDER, 1.0),
    "head": (NECK, NOSE, 1.0),
}
NAMES = tuple(LIMBS)
COUNT = len(NAMES)
_FROM = np.array([limb[0] for limb in LIMBS.values()])
_TO = np.array([limb[1] for limb in LIMBS.values()])
SHOULDERS = NAMES.index("shoulders")
BASE_WEIGHT = np.array([limb[2] for limb in LIMBS.values()], np.float32)

# COCO-18 with left and right exchanged.
SWAPPED_JOINTS = np.array([0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16])
SWAPPED_LIMBS = np.array([2, 3, 0, 1, 6, 7, 4, 5, 8, 9, 10])

LEAST_CONFIDENCE = 0.1  # of a joint, to be believed
FULL_CONFIDENCE = 0.5  # of a joint, to be believed in full
DOUBTFUL = 0.3  # what a limb counts whose joints were only just found
SHORTEST = 0.15  # of the torso: a limb pointing at the camera has no direction worth judging
LEAST_TORSO = 0.07  # of the picture's height: somebody smaller is a passer-by in the distance
# A difference that costs nothing, and how fast more of it does. Legs and the trunk turn far less
# than arms and heads: 20° are a small mistake of an arm, and a knee that did not bend.
LOOSE = np.array(["arm" in name or name == "head" for name in NAMES])
FREE_DEG = np.where(LOOSE, 10, 7).astype(np.float32)
SIGMA_DEG = np.where(LOOSE, 25, 15).astype(np.float32)


def mirrored(xy: Floats, confidence: Floats) -> tuple[Floats, Floats]:
    """The person as seen in a mirror: x becomes 1 − x, left and right change names.

    :param xy: (…, 18, 2) in 0..1 of the picture.
    :param confidence: (…, 18).
    """
    flipped = xy[..., SWAPPED_JOINTS, :].copy()
    flipped[..., 0] = 1 - flipped[..., 0]
    return flipped, confidence[..., SWAPPED_JOINTS]


def angles_deg(xy: Floats, confidence: Floats, aspect: float) -> Floats:
    """The direction of each limb as an angle in the picture.

    :param xy: (…, 18, 2) in 0..1 of the picture.
    :param confidence: (…, 18); joints under LEAST_CONFIDENCE are not believed.
    :param aspect: width / height of the picture.
    :returns: (…, 11) degrees in -180..180, x to the right and y down, NaN where unknown.
    """
    points = _believed(xy, confidence, aspect)
    along = points[..., _TO, :] - points[..., _FROM, :]
    length = np.hypot(along[..., 0], along[..., 1])
    degrees = np.degrees(np.arctan2(along[..., 1], along[..., 0]))
    far_enough = length > SHORTEST * torso_length(points)[..., None]
    return np.where(far_enough, degrees, np.nan).astype(np.float32)


def certainty(confidence: Floats) -> Floats:
    """How much a limb counts by the less certain of its ends: DOUBTFUL..1.

    :param confidence: (…, 18).
    :returns: (…, 11).
    """
    hips = np.minimum(confidence[..., R_HIP], confidence[..., L_HIP])
    ends = np.concatenate([confidence, hips[..., None]], axis=-1)
    lower = np.minimum(ends[..., _FROM], ends[..., _TO])
    sure: Floats = DOUBTFUL + (1 - DOUBTFUL) * np.clip(lower / FULL_CONFIDENCE, 0, 1)
    return sure


def near_enough(xy: Floats, confidence: Floats, aspect: float) -> bool:
    """Whether one person, (18, 2) and (18,), is large enough in the picture to be coached."""
    return bool(torso_length(_believed(xy, confidence, aspect)) >= LEAST_TORSO)


def _believed(xy: Floats, confidence: Floats, aspect: float) -> Floats:
    """The joints that are certain enough and the middle of the hips, in picture heights."""
    points = xy * np.array([aspect, 1.0], np.float32)
    points = np.where((confidence >= LEAST_CONFIDENCE)[..., None], points, np.nan)
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
    longest: Floats = np.max(np.nan_to_num(lengths, nan=0.0), axis=0)
    return longest


def mirrored_deg(angles: Floats) -> Floats:
    """The directions, (…, 11), of the same person seen in a mirror."""
    flipped: Floats = (360 - angles[..., SWAPPED_LIMBS]) % 360 - 180
    # From the right shoulder to the left one: both ends change places as well.
    flipped[..., SHOULDERS] = -angles[..., SHOULDERS]
    return flipped


def turn_deg(a: Floats, b: Floats) -> Floats:
    """The signed turn from b to a, -180..180 degrees; NaN where either is unknown."""
    turn: Floats = (a - b + 180) % 360 - 180
    return turn


def mean_direction(angles: Floats) -> Floats:
    """The circular mean of each limb, (11,), of angles (n, 11)."""
    radians = np.radians(angles)
    known = ~np.isnan(radians)
    x = np.where(known, np.cos(radians), 0).sum(axis=0)
    y = np.where(known, np.sin(radians), 0).sum(axis=0)
    mean: Floats = np.degrees(np.arctan2(y, x)).astype(np.float32)
    return mean


def similarity(a_deg: Floats, b_deg: Floats) -> Floats:
    """1 for directions within FREE_DEG, falling like a Gaussian beyond; NaN where unknown.

    :param a_deg: (…, 11); b_deg the same or one that broadcasts with it.
    """
    beyond = np.maximum(0.0, np.abs(turn_deg(a_deg, b_deg)) - FREE_DEG)
    alike: Floats = np.exp(-0.5 * (beyond / SIGMA_DEG) ** 2)
    return alike


@dataclass(frozen=True, slots=True)
class Moment:
    """A lesson's reference between its samples."""

    xy: Floats  # (18, 2), 0..1 of the instructor's picture
    confidence: Floats  # (18,)


def reference_at(track: PoseTrack, lesson_s: float) -> Moment:
    """The instructor's pose at a position, interpolated between the two samples around it.

    A joint that one of the two lacks is taken from the other; before the first and past the last
    sample the nearest one holds.
    """
    left, right, share = between(track.t_s, np.array([lesson_s]))
    first, second, part = int(left[0]), int(right[0]), np.float32(share[0])
    a, b = track.xy[first], track.xy[second]
    mixed = a + (b - a) * part
    xy = np.where(np.isnan(mixed), np.where(np.isnan(a), b, a), mixed)
    confidence = track.confidence[first] * (1 - part) + track.confidence[second] * part
    return Moment(xy, confidence.astype(np.float32))


def between(
    t_s: NDArray[np.float64], at_s: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """For each time the samples before and after it, and how far between them it lies (0..1)."""
    last = len(t_s) - 1
    right = np.clip(np.searchsorted(t_s, at_s, side="right"), 0, last)
    left = np.maximum(right - 1, 0)
    gap = t_s[right] - t_s[left]
    share = np.divide(at_s - t_s[left], gap, out=np.zeros_like(at_s), where=gap > 0)
    return left, right, np.clip(share, 0.0, 1.0)
