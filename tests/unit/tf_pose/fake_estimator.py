"""An estimator whose people are scripted, for tests of the rules of tracking."""

from dataclasses import dataclass, field

import numpy as np

from tests.unit.tf_pose.synthetic_maps import STANDING
from tf_pose.human import Human

SIZE = (640, 480)
RED, BLUE = (40, 40, 200), (200, 60, 40)


def person(x, scale=10.0, parts=range(18), y=240):
    """A person whose middle is at x, y px, as the estimator returns people."""
    xy = np.full((18, 2), np.nan)
    keep = list(parts)
    xy[keep] = ((STANDING[keep] - [16, 16]) * scale + [x, y]) / SIZE
    return Human.from_arrays(xy, np.where(np.isfinite(xy[:, 0]), 0.8, 0.0), 1.0)


def image_with_clothes(*people_and_colours):
    """An image with a patch of colour around each (person, colour)."""
    room = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
    for human, colour in people_and_colours:
        box = human.arrays()[0] * SIZE
        (x, y), (right, bottom) = np.nanmin(box, axis=0), np.nanmax(box, axis=0)
        room[max(0, int(y)) : int(bottom) + 1, max(0, int(x)) : int(right) + 1] = colour
    return room


@dataclass
class FakeEstimator:
    """Returns the people whose middle is in the region, and records the regions."""

    people: list[Human] = field(default_factory=list)
    regions: list[tuple[float, ...]] = field(default_factory=list)

    def inference(self, npimg, *, roi, **_):
        self.regions.append(tuple(roi))
        x, y, w, h = roi
        seen = []
        for human in self.people:
            px = np.nanmedian(human.arrays()[0], axis=0) * npimg.shape[1::-1]
            if x <= px[0] <= x + w and y <= px[1] <= y + h:
                seen.append(human)
        return seen
