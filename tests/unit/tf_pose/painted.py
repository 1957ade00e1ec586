"""Maps as a perfect network would give them for people whose joints are known."""

import numpy as np

from tf_pose.graph import FIELDS, HEATMAPS
from tf_pose.skeleton import LIMB_FIELDS, LIMBS

# A person facing us, in cells; left is on our right. No joint is at a cell's very centre: there
# four fine pixels would be equally high, and which of them wins is nobody's promise.
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


def painted(people, height, width):
    """(height, width, 57): a spot at each joint, and unit vectors along each limb.

    `people` are (18, 2) x, y in cells, a cell's centre at its index; NaN where hidden.
    """
    maps = np.zeros((height, width, HEATMAPS + FIELDS), np.float32)
    y, x = np.mgrid[:height, :width]
    for joints in people:
        for part, (px, py) in enumerate(joints):
            if np.isfinite(px):
                spot = np.exp(-((x - px) ** 2 + (y - py) ** 2) / 2)
                maps[..., part] = np.maximum(maps[..., part], spot)
        for (a, b), fields in zip(LIMBS, LIMB_FIELDS, strict=True):
            start, span = joints[a], joints[b] - joints[a]
            length = np.hypot(*span)
            if np.isfinite(length) and length > 0:
                along = ((x - start[0]) * span[0] + (y - start[1]) * span[1]) / length
                across = abs((x - start[0]) * span[1] - (y - start[1]) * span[0]) / length
                on = (along >= -1) & (along <= length + 1) & (across <= 1)
                maps[on, HEATMAPS + fields[0]] = span[0] / length
                maps[on, HEATMAPS + fields[1]] = span[1] / length
    maps[..., 18] = 1 - maps[..., :18].max(axis=-1)
    return maps
