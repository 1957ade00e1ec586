"""A skeleton as a tile shows it, whatever the size of the person in the picture. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rtc_server.protocol.class_messages import TileJoint
from rtc_server.protocol.score_message import Joint

BODY = 0.8  # of the tile's height, or width for somebody who lies or stretches out
MIN_SIZE = 1e-3  # of the picture; less is no body


def fit_tile(pose: Sequence[Joint], aspect: float) -> list[TileJoint] | None:
    """The joints in a square tile, 0..1, the body's middle in the tile's; None: nobody is seen.

    :param pose: 18 joints, 0..1 of the picture.
    :param aspect: width / height of the picture, so that angles are true.
    """
    seen = [(x * aspect, y) for x, y, _ in pose if x is not None and y is not None]
    if len(seen) < 2:
        return None
    left, right = min(x for x, _ in seen), max(x for x, _ in seen)
    top, bottom = min(y for _, y in seen), max(y for _, y in seen)
    scale = BODY / max(right - left, bottom - top, MIN_SIZE)
    x0, y0 = (left + right) / 2, (top + bottom) / 2

    def place(joint: Joint) -> TileJoint:
        x, y = joint[0], joint[1]
        if x is None or y is None:
            return None
        return [round(0.5 + (x * aspect - x0) * scale, 2), round(0.5 + (y - y0) * scale, 2)]

    return [place(joint) for joint in pose]
