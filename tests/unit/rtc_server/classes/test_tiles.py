"""A skeleton fills its tile, whatever its place and size in the picture."""

from __future__ import annotations

import pytest

from rtc_server.classes.tiles import BODY, fit_tile
from rtc_server.protocol.score_message import Joint

NOTHING: Joint = [None, None, 0]


def standing(x: float, top: float, height: float) -> list[Joint]:
    joints: list[Joint] = [NOTHING] * 18
    joints[0], joints[10], joints[13] = (
        [x, top, 0.9],
        [x - 0.02, top + height, 0.8],
        [x + 0.02, top + height, 0.8],
    )
    return joints


@pytest.mark.parametrize(("x", "top", "height"), [(0.5, 0.1, 0.8), (0.2, 0.4, 0.2)])
def test_the_body_is_as_large_as_the_tile_allows_and_in_its_middle(
    x: float, top: float, height: float
) -> None:
    tile = fit_tile(standing(x, top, height), 4 / 3)
    assert tile is not None
    assert tile[0] == [0.5, pytest.approx(0.5 - BODY / 2, abs=0.01)]
    assert tile[10] is not None and tile[10][1] == pytest.approx(0.5 + BODY / 2, abs=0.01)
    assert tile[1] is None


def test_angles_are_true_in_a_wide_picture() -> None:
    joints = [NOTHING] * 18
    joints[2], joints[5] = [0.25, 0.25, 1], [0.5, 0.75, 1]  # 45 degrees at 2:1
    tile = fit_tile(joints, 2.0)
    assert tile is not None and tile[2] is not None and tile[5] is not None
    assert tile[5][0] - tile[2][0] == pytest.approx(tile[5][1] - tile[2][1], abs=0.02)


def test_nobody_is_no_skeleton() -> None:
    assert fit_tile([NOTHING] * 18, 1.0) is None
    assert fit_tile([[0.5, 0.5, 1], *[NOTHING] * 17], 1.0) is None
