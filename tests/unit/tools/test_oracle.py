"""The number in the oracle's frames is read correctly or not at all, whatever was done to them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tools import oracle

SIZE = (640, 480)  # height and width of the lesson
SIZES = ((360, 270), (480, 360), (480, 640), (240, 180), (641, 479))


def picture(number: int, seed: int = 0) -> NDArray[np.uint8]:
    """A number over soft noise."""
    noise = np.random.default_rng(seed).integers(0, 256, (40, 30), np.uint8)
    grey = cv2.resize(noise, SIZE[::-1], interpolation=cv2.INTER_CUBIC)
    oracle.draw_number(grey, number)
    return grey


def test_numbers_are_read_back() -> None:
    grey = np.zeros((320, 240), np.uint8)
    for number in range(0, 1 << oracle.BITS, 3):
        oracle.draw_number(grey, number)
        assert oracle.read_number(grey) == number


def test_a_number_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="12 bits"):
        oracle.draw_number(np.zeros(SIZE, np.uint8), 1 << oracle.BITS)


@pytest.mark.parametrize("size", SIZES)
def test_a_number_survives_scaling(size: tuple[int, int]) -> None:
    for number in range(0, 720, 7):
        small = cv2.resize(picture(number, number), size[::-1], interpolation=cv2.INTER_LINEAR)
        assert oracle.read_number(small) == number


@pytest.mark.parametrize("level", [0, 16, 128, 235, 255])
def test_a_plain_colour_is_not_a_number(level: int) -> None:
    assert oracle.read_number(np.full(SIZE, level, np.uint8)) is None


def test_up_to_three_wrong_squares_are_detected() -> None:
    random = np.random.default_rng(2)
    for _ in range(300):
        grey = picture(int(random.integers(720)))
        for square in random.choice(oracle.ROWS * oracle.COLUMNS, random.integers(1, 4), False):
            row, column = divmod(int(square), oracle.COLUMNS)
            cell = grey[row * 24 : row * 24 + 24, column * 40 : column * 40 + 40]
            cell[:] = np.where(cell > 127, oracle.BLACK, oracle.WHITE)
        assert oracle.read_number(grey) is None


def test_a_number_survives_vp8_and_is_never_misread_when_packets_are_missing() -> None:
    numbers = list(range(0, 120, 3))
    packets = list(encoded(numbers, (360, 270), bit_rate=300_000))
    assert decoded(packets) == numbers
    random = np.random.default_rng(1)
    for _ in range(3):
        left = [packets[0], *(p for p in packets[1:] if random.random() > 0.15)]
        shown = dict(left)
        for number, read in zip(shown, decoded(left), strict=True):
            assert read in (None, number)


def encoded(
    numbers: list[int], size: tuple[int, int], bit_rate: int
) -> Iterator[tuple[int, bytes]]:
    """Numbers and packets at 10 frames/s, of which only the first is a key frame."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.height, encoder.width = size
    encoder.pix_fmt, encoder.time_base, encoder.bit_rate = "yuv420p", Fraction(1, 10), bit_rate
    encoder.gop_size = 3000
    encoder.options = {"deadline": "realtime", "cpu-used": "-6", "lag-in-frames": "0"}
    for k, number in enumerate(numbers):
        grey = cv2.resize(picture(number), size[::-1], interpolation=cv2.INTER_AREA)
        planes = np.vstack([grey, np.full((size[0] // 2, size[1]), 128, np.uint8)])
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = k, Fraction(1, 10)
        for packet in encoder.encode(frame):
            yield number, bytes(packet)


def decoded(packets: list[tuple[int, bytes]]) -> list[int | None]:
    decoder = av.CodecContext.create("vp8", "r")
    frames = [frame for _, data in packets for frame in decoder.decode(av.Packet(data))]
    return [oracle.read_number(oracle.luma_of(frame)) for frame in frames]
