"""The image that represents a lesson: one frame with a clear and wide pose (`thumbnail.jpg`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from rtc_server.authoring.frame_sampler import SampledFrame
from rtc_server.authoring.people.tracker import Image, People
from rtc_server.types import Pose

MAX_SIDE = 640
JPEG_QUALITY = 85


@dataclass(frozen=True, slots=True, order=True)
class CoverImage:
    """The best frame of a section as a JPEG, and how good it is; the better one is larger."""

    well_in: bool  # whether it is in the second quarter of the lesson
    rating: float
    before_end: int  # minus the number of its sample: of frames that are as good, the earliest
    jpeg: bytes


class CoverChooser:
    """Keeps the best frame seen so far: in the second quarter of the lesson, with a wide pose."""

    def __init__(self, total: int) -> None:
        """:param total: the number of samples of the lesson."""
        self._image: Image | None = None
        self._total = total
        self._rating = (False, -1.0, 0)

    def consider(self, sample: SampledFrame, people: People) -> None:
        """Keep the frame if it is better than the best one so far."""
        well_in = 0.25 <= sample.k / max(1, self._total) <= 0.5
        rating = (well_in, max(map(_rate_pose, people.values()), default=0.0), -sample.k)
        if self._image is None or rating > self._rating:
            self._rating, self._image = rating, sample.image_bgr

    def best(self) -> CoverImage | None:
        """The best one; None if there was none."""
        return None if self._image is None else CoverImage(*self._rating, _encode(self._image))


def best_cover(covers: Iterable[CoverImage | None]) -> bytes | None:
    """The JPEG of the best of them; None if there is none."""
    found = max((cover for cover in covers if cover is not None), default=None)
    return found.jpeg if found is not None else None


def _encode(image: Image) -> bytes:
    """The image as a JPEG, scaled down so that no side is longer than MAX_SIDE."""
    scale = min(1.0, MAX_SIDE / max(image.shape[:2]))
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return bytes(data)


def _rate_pose(pose: Pose) -> float:
    """Confidence times extent: somebody who stands still is found best, but shows no dancing."""
    found = pose.xy[np.isfinite(pose.xy).all(axis=1)]
    extent = float(np.ptp(found, axis=0).sum()) if len(found) else 0.0
    return float(pose.confidence.sum()) * extent
