"""From a camera's frames to images."""

import av
import numpy as np
import pytest

from rtc_server.pose.frame_converter import MAX_SIDE, WebcamConverter


def noise(width: int, height: int, pixel_format: str, seed: int = 0) -> av.VideoFrame:
    """A frame of that format, of every colour."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
    return frame if pixel_format == "bgr24" else frame.reformat(format=pixel_format)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "yuv444p", "nv12", "bgr24"])
@pytest.mark.parametrize("size", [(640, 480), (322, 242), (854, 480)])
def test_every_frame_is_converted_as_if_it_were_the_only_one(
    size: tuple[int, int], pixel_format: str
) -> None:
    converter = WebcamConverter()
    for seed in range(2):
        frame = noise(*size, pixel_format, seed)
        np.testing.assert_array_equal(converter.to_bgr(frame), frame.to_ndarray(format="bgr24"))


def test_a_camera_may_change_its_size_and_format_at_any_time() -> None:
    converter = WebcamConverter()
    for size, pixel_format in [((64, 48), "yuv420p"), ((48, 64), "nv12"), ((64, 48), "yuv420p")]:
        frame = noise(*size, pixel_format)
        np.testing.assert_array_equal(converter.to_bgr(frame), frame.to_ndarray(format="bgr24"))


def test_an_image_stays_when_the_next_frame_is_converted() -> None:
    converter = WebcamConverter()
    first = converter.to_bgr(noise(64, 48, "yuv420p", seed=1))
    before = first.copy()
    converter.to_bgr(noise(64, 48, "yuv420p", seed=2))
    np.testing.assert_array_equal(first, before)


def test_a_large_frame_is_scaled_down() -> None:
    assert WebcamConverter().to_bgr(noise(1920, 1080, "yuv420p")).shape == (720, MAX_SIDE, 3)
    assert WebcamConverter().to_bgr(noise(1080, 1920, "yuv420p")).shape == (MAX_SIDE, 720, 3)
