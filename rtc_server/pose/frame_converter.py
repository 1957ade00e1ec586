"""From a camera's frames to images for the pose estimator."""

from __future__ import annotations

import av
import cv2
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

MAX_SIDE = 1280  # a larger frame is scaled down before inference

Image = NDArray[np.uint8]  # (H, W, 3) BGR


class WebcamConverter:
    """Converts one camera's frames, one after the other.

    What libswscale prepares for a size and a format is kept for the next frame: preparing takes
    longer than converting. Each frame in one thread, as the network: learners share cores better.
    """

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def to_bgr(self, frame: av.VideoFrame) -> Image:
        """The frame as an upright image, no side longer than MAX_SIDE."""
        converted = self._reformatter.reformat(frame, format="bgr24", threads=1)
        image = np.asarray(converted.to_ndarray(), np.uint8)
        longest = max(image.shape[:2])
        if longest <= MAX_SIDE:
            return image
        scale = MAX_SIDE / longest
        size = round(image.shape[1] * scale), round(image.shape[0] * scale)
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
