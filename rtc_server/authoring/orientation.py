"""Turns frames upright: cameras store them as they were held, with a note how to turn them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.sidedata.sidedata import Type as SideData
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Orientation:
    """How to turn a stored frame upright: swap the axes first, then flip."""

    transposed: bool = False
    flip_x: bool = False
    flip_y: bool = False

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of the upright frame."""
        return (height, width) if self.transposed else (width, height)

    def apply(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn an image (H, W, 3) upright."""
        if self == UPRIGHT:
            return image
        if self.transposed:
            image = image.transpose(1, 0, 2)
        return np.ascontiguousarray(image[:: -1 if self.flip_y else 1, :: -1 if self.flip_x else 1])


UPRIGHT = Orientation()


def orientation_of(frame: VideoFrame) -> Orientation:
    """The orientation that a frame's display matrix asks for, to the next quarter turn.

    The matrix maps stored (x, y), y down, to (a·x + c·y, b·x + d·y): ISO/IEC 14496-12, 6.2.2.
    """
    side_data = cast(SideDataContainer, frame.side_data)  # PyAV's stubs know motion vectors only
    matrix = next((one for one in side_data if one.type == SideData.DISPLAYMATRIX), None)
    if matrix is None:
        return UPRIGHT
    a, b, _, c, d = (int(v) for v in np.frombuffer(bytes(matrix), np.int32)[:5])
    if abs(b) > abs(a):
        return Orientation(transposed=True, flip_x=c < 0, flip_y=b < 0)
    return Orientation(transposed=False, flip_x=a < 0, flip_y=d < 0)


def to_bgr(
    frame: VideoFrame,
    size: tuple[int, int] | None = None,
    orientation: Orientation = UPRIGHT,
    reformatter: VideoReformatter | None = None,
) -> NDArray[np.uint8]:
    """Convert a frame to an upright image (H, W, 3) uint8 BGR.

    :param size: width and height of the upright image; None keeps the frame's own.
    :param reformatter: keep one from frame to frame, which saves setting it up each time.
    """
    width, height = orientation.size(*size) if size else (frame.width, frame.height)
    scaled = (reformatter or VideoReformatter()).reformat(
        frame,
        width,
        height,
        "bgr24",
        interpolation="AREA" if width < frame.width else "BICUBIC",
        threads=1,
    )
    return orientation.apply(np.asarray(scaled.to_ndarray(), np.uint8))
