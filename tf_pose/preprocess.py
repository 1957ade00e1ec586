"""Brings an image, or a region of one, to the network's input size."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tf_pose.brightness import BRIGHT_PERCENTILE, bright_level
from tf_pose.errors import BadImage, BadSize
from tf_pose.geometry import Box
from tf_pose.tensors import STRIDE

Image = NDArray[np.uint8]
Size = tuple[int, int]  # (width, height)

# Width by height of the network's input for a region. Few, because each shape is compiled.
SHAPES = (9 / 16, 3 / 4, 1.0, 4 / 3, 16 / 9)
CROP_SIDE = 256
# An image whose brightest parts are darker than DARK is brightened until they are BRIGHT.
DARK, BRIGHT, MAX_GAIN = 110, 200, 5.0
EXPOSURE_SIDE = 64  # brightness is measured at so many pixels each way
# The sensor's noise becomes brighter, too. Of the network's pixels; on dark rendered dancers PCK
# rose from 0.87 to 0.94, and more blur gave no more.
NOISE_BLUR_PX = 1.0
# The colour beyond the image's border; mid-grey is near the training images' mean.
BEYOND = (127, 127, 127)


def check_image(image: object) -> Image:
    """Return the image when it is one.

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
    """Return (width, height) when the network can be run at it.

    :raises BadSize: not two positive whole numbers.
    """
    width, height = size
    if int(width) != width or int(height) != height or width < STRIDE or height < STRIDE:
        raise BadSize(f"expected (width, height) of {STRIDE} pixels at least, got {size!r}")
    return int(width), int(height)


def resize(image: Image, size: Size) -> Image:
    """Stretch to (width, height), bicubic as tf-pose does; an image of that size stays as it is."""
    if (image.shape[1], image.shape[0]) == size:
        return image
    resized: Image = cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)
    return resized


def exposure_gain(image: Image) -> float:
    """How many times brighter an image should be; 1 for one that is not dark.

    The network was trained on images that people found worth keeping, and few of those are dark.
    """
    step = max(1, max(image.shape[:2]) // EXPOSURE_SIDE)
    pixels = image[::step, ::step]
    # Most images are not dark, and that so many values are not is found sooner than their level.
    if np.count_nonzero(pixels < DARK) <= (pixels.size - 1) * BRIGHT_PERCENTILE // 100:
        return 1.0
    bright = bright_level(pixels)
    return 1.0 if bright >= DARK else min(MAX_GAIN, BRIGHT / max(bright, 1.0))


def brighten(image: Image, gain: float) -> Image:
    """The image as with so many times the light, and with less noise where that is more than 1."""
    if gain == 1.0:
        return image
    smooth = cv2.GaussianBlur(image, (0, 0), NOISE_BLUR_PX)
    lighter: Image = cv2.convertScaleAbs(smooth, alpha=gain)
    return lighter


def crop_size(region: Box, longest: int = CROP_SIDE) -> Size:
    """The network size for a region: the narrowest shape that holds it, with that longer side.

    Regions wider than the widest shape get that one, which shows more above and below.
    """
    aspect = region.w / region.h
    shape = next((s for s in SHAPES if aspect <= s * 1.001), SHAPES[-1])
    return to_stride(longest * min(1.0, shape)), to_stride(longest / max(1.0, shape))


def to_stride(length: float) -> int:
    """The nearest multiple of the network's stride, at least one stride."""
    return max(STRIDE, round(length / STRIDE) * STRIDE)


def cut_region(image: Image, region: Box, size: Size) -> tuple[Image, Box]:
    """The region at (width, height), undistorted, grey beyond the image, and the region shown.

    A dark region is brightened. The region grows about its centre to the aspect of the size; it is
    returned in whole pixels.
    """
    shown = region.widened_to(size[0] / size[1]).rounded()
    x, y, w, h = (int(v) for v in shown)
    left, top = max(0, -x), max(0, -y)
    right, bottom = max(0, x + w - image.shape[1]), max(0, y + h - image.shape[0])
    inside = image[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
    if not inside.size:
        raise BadSize(f"expected a region of the image {image.shape[1::-1]}, got {region}")
    gain = exposure_gain(inside)
    if left or top or right or bottom:
        grey = [channel / gain for channel in BEYOND]  # so that it is grey after brightening
        inside = cv2.copyMakeBorder(
            inside, top, bottom, left, right, cv2.BORDER_CONSTANT, value=grey
        )
    interpolation = cv2.INTER_AREA if w > size[0] else cv2.INTER_LINEAR
    resized: Image = cv2.resize(inside, size, interpolation=interpolation)
    return brighten(resized, gain), shown
