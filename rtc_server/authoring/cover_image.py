"""The image that represents a lesson: one frame with a clear and wide pose (`thumbnail.jpg`)."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from rtc_server.authoring.frame_sampler import SampledFrame
from rtc_server.authoring.people.tracker import Image, People
from rtc_server.types import Pose

MAX_SIDE = 640
JPEG_QUALITY = 85


class CoverChooser:
    """Keeps the best frame seen so far: in the second quarter of the lesson, with a wide pose.

    Of frames that are as good, it is the earliest; so the order in which they come does not matter.
    """

    def __init__(self, total: int) -> None:
        """:param total: the number of samples of the lesson."""
        self.image: Image | None = None
        self._total = total
        self._rating = (False, -1.0, 0)

    def consider(self, sample: SampledFrame, people: People) -> None:
        """Keep the frame if it is better than the best one so far."""
        well_in = 0.25 <= sample.k / max(1, self._total) <= 0.5
        rating = (well_in, max(map(_rate_pose, people.values()), default=0.0), -sample.k)
        if self.image is None or rating > self._rating:
            self._rating, self.image = rating, sample.image_bgr


def write_cover(path: Path, image: Image) -> None:
    """Write the image as a JPEG, scaled down so that no side is longer than MAX_SIDE."""
    scale = min(1.0, MAX_SIDE / max(image.shape[:2]))
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    path.write_bytes(data.tobytes())


def _rate_pose(pose: Pose) -> float:
    """Confidence times extent: somebody who stands still is found best, but shows no dancing."""
    found = pose.xy[np.isfinite(pose.xy).all(axis=1)]
    extent = float(np.ptp(found, axis=0).sum()) if len(found) else 0.0
    return float(pose.confidence.sum()) * extent
