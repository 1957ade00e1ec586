"""Maps as a perfect network would give them for people whose joints are known."""

import numpy as np

from tf_pose.skeleton import LIMB_FIELDS, LIMBS
from tf_pose.tensors import FIELDS, HEATMAPS

# A person facing us, in cells; left is on our right. No joint is at a cell's very centre: there
# four fine pixels would be equally high, and it is not defined which of them wins.
STANDING = np.random.default_rng(1).uniform(0.1, 0.4, (18, 2)).astype(np.float32) + np.array(
    [
        *((16, 5), (16, 8), (13, 8), (11, 12), (10, 16), (19, 8), (21, 12), (22, 16)),
        *((14, 17), (14, 22), (14, 27), (18, 17), (18, 22), (18, 27)),
        *((15.2, 4), (16.8, 4), (14, 4.6), (18, 4.6)),
    ],
    np.float32,
)


def moved(joints, x, y):
    """The same pose elsewhere."""
    return joints + np.array([x, y], np.float32)


def make_maps(people, height, width):
    """Maps (height, width, 57) with a spot at each joint and unit vectors along each limb.

    `people` are (18, 2) x, y in cells, a cell's centre at its index; NaN where hidden.
    """
    maps = np.zeros((height, width, HEATMAPS + FIELDS), np.float32)
    for joints in people:
        for part, at in enumerate(joints):
            add_heat(maps, part, at)
        for limb, (a, b) in enumerate(LIMBS):
            add_field(maps, limb, joints[a], joints[b])
    maps[..., 18] = 1 - maps[..., :18].max(axis=-1)
    return maps


def add_heat(maps, part, at, heat=1.0):
    """Add a spot of that height; higher values stay."""
    if np.isfinite(at).all():
        y, x = np.mgrid[: maps.shape[0], : maps.shape[1]]
        spot = heat * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 2)
        maps[..., part] = np.maximum(maps[..., part], spot)


def add_field(maps, limb, start, end, strength=1.0):
    """Add vectors of that length along a limb, a cell to each side; negative: the other way."""
    y, x = np.mgrid[: maps.shape[0], : maps.shape[1]]
    span = np.subtract(end, start)
    length = np.hypot(*span)
    if np.isfinite(length) and length > 0:
        along = ((x - start[0]) * span[0] + (y - start[1]) * span[1]) / length
        across = abs((x - start[0]) * span[1] - (y - start[1]) * span[0]) / length
        on = (along >= -1) & (along <= length + 1) & (across <= 1)
        for channel, component in zip(LIMB_FIELDS[limb], span, strict=True):
            maps[on, HEATMAPS + channel] = strength * component / length


def without(joints, *parts):
    """The same pose with these parts hidden."""
    hidden = joints.copy()
    hidden[list(parts)] = np.nan
    return hidden


def only(joints, *parts):
    """The same pose with all others hidden."""
    return without(joints, *(set(range(18)) - set(parts)))
