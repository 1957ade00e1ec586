"""Brings a picture, or a region of one, to the size that the network looks at."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.errors import BadImage, BadSize
from tf_pose.geometry import Box
from tf_pose.tensors import STRIDE

Image = NDArray[np.uint8]
Size = tuple[int, int]  # (width, height)

# Width by height of the shapes that a region may be looked at in. Few, because each is compiled.
SHAPES = (9 / 16, 3 / 4, 1.0, 4 / 3, 16 / 9)
LONGEST_SIDE = 256
# A picture of which the brightest parts are darker than DARK is brightened until they are BRIGHT.
BRIGHT_PERCENTILE, DARK, BRIGHT, MOST_GAIN = 95, 110, 200, 5.0
EXPOSURE_SIDE = 64  # so many pixels each way tell how bright a picture is
# What the region shows beyond the picture's border; mid-grey is near the training pictures' mean.
BEYOND = (127, 127, 127)


def check_image(image: object) -> Image:
    """Give the picture back when it is one.

    :raises BadImage: anything but (H, W, 3) uint8 with pixels in it.
    """
    if not isinstance(image, np.ndarray):
        raise BadImage(
            f"expected (H, W, 3) uint8 BGR, got {type(image).__name__} "
            "(cv2.imread gives None when it cannot read the file)"
        )
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise BadImage(f"expected (H, W, 3) uint8 BGR, got shape {image.shape} dtype {image.dtype}")
    return image


def check_size(size: Size) -> Size:
    """Give (width, height) back when the network can be run at it.

    :raises BadSize: not two positive whole numbers.
    """
    width, height = size
    if int(width) != width or int(height) != height or width < STRIDE or height < STRIDE:
        raise BadSize(f"expected (width, height) of {STRIDE} pixels at least, got {size!r}")
    return int(width), int(height)


def resize(image: Image, size: Size) -> Image:
    """Stretch to (width, height), bicubic as tf-pose does, untouched when it is that already."""
    if (image.shape[1], image.shape[0]) == size:
        return image
    resized: Image = cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)
    return resized


def gain_for(image: Image) -> float:
    """How many times brighter a picture should be; 1 for one that is not dark.

    The network was trained on pictures that people found worth keeping, and knows few dark ones.
    """
    step = max(1, max(image.shape[:2]) // EXPOSURE_SIDE)
    bright = float(np.percentile(image[::step, ::step], BRIGHT_PERCENTILE))
    return 1.0 if bright >= DARK else min(MOST_GAIN, BRIGHT / max(bright, 1.0))


def brightened(image: Image, gain: float) -> Image:
    """As a camera with so many times the light would have taken it."""
    if gain == 1.0:
        return image
    lighter: Image = cv2.convertScaleAbs(image, alpha=gain)
    return lighter


def crop_size(region: Box, longest: int = LONGEST_SIDE) -> Size:
    """The network size for a region: the narrowest shape that holds it, its longer side so long.

    Regions wider than the widest shape are given that one, with more above and below.
    """
    aspect = region.w / region.h
    shape = next((s for s in SHAPES if aspect <= s * 1.001), SHAPES[-1])
    return to_stride(longest * min(1.0, shape)), to_stride(longest / max(1.0, shape))


def to_stride(length: float) -> int:
    """The nearest multiple of the network's stride, one stride at least."""
    return max(STRIDE, round(length / STRIDE) * STRIDE)


def cut(image: Image, region: Box, size: Size) -> tuple[Image, Box]:
    """Show the region at (width, height), aspect kept; grey where it is beyond the picture.

    A dark one is brightened. The region grows about its centre to that aspect; it comes back as it
    was looked at, in whole pixels.
    """
    seen = region.widened_to(size[0] / size[1]).rounded()
    x, y, w, h = (int(v) for v in seen)
    left, top = max(0, -x), max(0, -y)
    right, bottom = max(0, x + w - image.shape[1]), max(0, y + h - image.shape[0])
    inside = image[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
    if not inside.size:
        raise BadSize(f"expected a region of the picture {image.shape[1::-1]}, got {region}")
    gain = gain_for(inside)
    if left or top or right or bottom:
        grey = [channel / gain for channel in BEYOND]  # which stays grey when brightened
        inside = cv2.copyMakeBorder(
            inside, top, bottom, left, right, cv2.BORDER_CONSTANT, value=grey
        )
    shrinking = cv2.INTER_AREA if w > size[0] else cv2.INTER_LINEAR
    shown: Image = cv2.resize(inside, size, interpolation=shrinking)
    return brightened(shown, gain), seen
