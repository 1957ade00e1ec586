"""JPEG pictures for tests."""

from __future__ import annotations

import cv2
import numpy as np


def make_jpeg(width: int = 64, height: int = 48, *, progressive: bool = False) -> bytes:
    """Its upper half is red, BGR (30, 60, 200); the lower half is black."""
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2] = (30, 60, 200)
    flags = [cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)]
    return bytes(cv2.imencode(".jpg", image, flags)[1])
