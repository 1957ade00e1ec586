"""The names of `tf_pose.common` that code written for tf-pose imports."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.skeleton import BODY_LIMBS, COLOURS, LIMBS, CocoPart

__all__ = ["CocoColors", "CocoPairs", "CocoPairsRender", "CocoPart", "read_imgfile"]

CocoPairs: list[tuple[int, int]] = list(LIMBS)
CocoPairsRender: list[tuple[int, int]] = CocoPairs[:BODY_LIMBS]
CocoColors: list[list[int]] = [list(colour) for colour in COLOURS]


def read_imgfile(
    path: str, width: int | None = None, height: int | None = None
) -> NDArray[np.uint8] | None:
    """Read an image as BGR, resized when both sizes are given; None when it cannot be read."""
    image: NDArray[np.uint8] | None = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None or width is None or height is None:
        return image
    resized: NDArray[np.uint8] = cv2.resize(image, (width, height))
    return resized
