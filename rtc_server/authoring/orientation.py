"""Pictures as the camera held them, turned the way they are meant to be seen."""

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
    """How a stored picture becomes upright: swap the axes first, then flip."""

    transposed: bool = False
    flip_x: bool = False
    flip_y: bool = False

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of the upright picture."""
        return (height, width) if self.transposed else (width, height)

    def apply(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The upright picture of (H, W, 3)."""
        if self == UPRIGHT:
            return image
        if self.transposed:
            image = image.transpose(1, 0, 2)
        return np.ascontiguousarray(image[:: -1 if self.flip_y else 1, :: -1 if self.flip_x else 1])


UPRIGHT = Orientation()


def orientation_of(frame: VideoFrame) -> Orientation:
    """What the display matrix of a frame asks for, to the next quarter turn.

    The matrix maps stored (x, y), y down, to (a·x + c·y, b·x + d·y): ISO/IEC 14496-12, 6.2.2.
    """
    notes = cast(SideDataContainer, frame.side_data)  # PyAV's stubs know motion vectors only
    matrix = next((note for note in notes if note.type == SideData.DISPLAYMATRIX), None)
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
    """The upright picture as (H, W, 3) uint8 BGR, scaled to `size` (upright width, height).

    A `reformatter` that is kept from one frame to the next saves its setting up.
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
