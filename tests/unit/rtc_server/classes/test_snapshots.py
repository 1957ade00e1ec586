"""Pictures of a learner are small, seldom, and shown once."""

from __future__ import annotations

import base64

import av
import cv2
import numpy as np
import pytest

from rtc_server.classes.snapshots import EVERY_S, MAX_BYTES, SIDE, Snapshots, encode_snapshot


def frame(width: int = 640, height: int = 480, *, noise: bool = False) -> av.VideoFrame:
    shape = (height, width, 3)
    random = np.random.default_rng(1)
    image = random.integers(0, 256, shape) if noise else np.full(shape, 90)
    return av.VideoFrame.from_ndarray(image.astype(np.uint8), "bgr24")


@pytest.mark.parametrize("noise", [False, True])
def test_a_snapshot_is_a_small_jpeg_whatever_it_shows(noise: bool) -> None:
    text = encode_snapshot(frame(noise=noise))
    assert text is not None
    data = base64.b64decode(text)
    assert len(data) <= MAX_BYTES
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None and image.shape[:2] == (SIDE * 3 // 4, SIDE)


async def test_one_is_made_now_and_then_and_shown_once() -> None:
    snapshots = Snapshots()
    snapshots.update(frame(), 10.0)
    first = snapshots._task
    snapshots.update(frame(), 10.5)
    assert first is not None and snapshots._task is first
    await first
    snapshots.update(frame(), 10.0 + EVERY_S - 0.1)
    assert snapshots._task is first
    assert snapshots.take() is not None
    assert snapshots.take() is None
    snapshots.update(frame(), 10.0 + EVERY_S)
    assert snapshots._task is not first
    await snapshots._task
