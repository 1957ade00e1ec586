"""The echo camera: which frames it sends, and with which timestamps."""

from __future__ import annotations

import av
import numpy as np
import pytest

from rtc_server.client.cameras import FPS, VIDEO_HZ, EchoCameraTrack


def grey_frame(grey: int) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.full((96, 64), grey, np.uint8), format="gray")


def brightness(frame: av.VideoFrame) -> int:
    return int(frame.to_ndarray(format="gray").mean().round())


class FakeClock:
    """A clock that a test moves."""

    now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


async def test_a_frame_is_stamped_with_its_due_time_however_late_it_is_fetched() -> None:
    now = FakeClock()
    camera = EchoCameraTrack(now, delay_s=0.4)
    now.now_s = 51.0
    camera.film(grey_frame(100))
    now.now_s = 52.0
    assert (await camera.recv()).pts == round(1.4 * VIDEO_HZ)


async def test_a_late_sender_gets_the_newest_frame_and_the_others_are_counted() -> None:
    now = FakeClock()
    camera = EchoCameraTrack(now, delay_s=0.0)
    for k, grey in enumerate((60, 120, 180)):
        now.now_s = 51.0 + k / FPS
        camera.film(grey_frame(grey))
    now.now_s = 51.0 + 1.5 / FPS
    frame = await camera.recv()
    assert abs(brightness(frame) - 120) <= 2
    assert frame.pts == round((1.0 + 1 / FPS) * VIDEO_HZ)
    assert camera.skipped == 1


async def test_the_camera_films_at_a_limited_rate() -> None:
    now = FakeClock()
    camera = EchoCameraTrack(now, delay_s=0.0)
    taken = 0
    for k in range(60):  # two seconds of 30 frames/s
        now.now_s = 51.0 + k / 30
        camera.film(grey_frame(k))
        if camera._delayed:
            await camera.recv()
            taken += 1
    assert 2 * FPS - 1 <= taken <= 2 * FPS + 3  # the first ones come at once


@pytest.mark.parametrize(
    ("dancers", "taken", "sent"),
    [
        (1, (1200, 440), (480, 176)),
        (2, (1200, 440), (960, 352)),
        (4, (1200, 440), (960, 352)),
        (2, (600, 440), (490, 360)),
        (2, (320, 240), (320, 240)),
    ],
)
async def test_dancers_beside_each_other_are_seen_as_large_as_one(
    dancers: int, taken: tuple[int, int], sent: tuple[int, int]
) -> None:
    camera = EchoCameraTrack(FakeClock(), delay_s=0.0)
    alone = camera.bit_rate
    camera.dancers = dancers
    camera.film(av.VideoFrame(*taken, "yuv420p"))
    frame = await camera.recv()
    assert (frame.width, frame.height) == sent
    assert camera.bit_rate == alone * min(dancers, 2)
