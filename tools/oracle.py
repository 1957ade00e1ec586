"""A lesson that carries its frame number in the picture, so that a webcam frame tells the truth.

It is the demo with a strip of black and white squares along the top edge, which the dancer never
reaches: 12 bits of the frame number and 12 of a checksum. A camera that shows the instructor's own
video returns the number, even if the video was encoded, scaled or partly lost on the way. A damaged
number is not read at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from rtc_server.authoring.build import DEMO_VIDEO, make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.people.tracker import load_pose_network
from rtc_server.lessons.store import LessonStore
from tools.build_cache import build_once, cached_path, sources_of

FPS = 30  # of the demo: frame n is on screen at n / FPS seconds
LESSON_ID = "oracle"
ROWS, COLUMNS = 2, 12
BITS, CHECK_BITS = 12, 12
# The strip's share of the height. The dancer's hands come up to 0.106 of it from the top.
STRIP = 0.075
BLACK, WHITE = 16, 235  # luma, ITU-R BT.601
DARK, BRIGHT = 90, 165  # a level between them is not one of our squares
# CRC-12 (x¹²+x¹¹+x³+x²+x+1), started with a value that makes a plain colour an invalid number.
POLYNOMIAL, START = 0x80F, 0x5A5
SOURCES = [DEMO_VIDEO, *sources_of("tools.oracle")]

Luma = NDArray[np.uint8]  # (H, W)


def checksum(number: int) -> int:
    """Compute the checksum of a frame number, CHECK_BITS wide."""
    rest = START
    for k in reversed(range(BITS)):
        out = (rest >> (CHECK_BITS - 1)) ^ (number >> k & 1)
        rest = rest << 1 & ((1 << CHECK_BITS) - 1)
        rest ^= POLYNOMIAL * out
    return rest


def encode_number(number: int) -> NDArray[np.bool_]:
    """Encode a number as squares, (ROWS, COLUMNS), True where a square is white.

    :raises ValueError: the number does not fit in BITS.
    """
    if not 0 <= number < 1 << BITS:
        raise ValueError(f"expected a frame number of {BITS} bits, got {number}")
    word = number << CHECK_BITS | checksum(number)
    bits = [word >> k & 1 for k in reversed(range(ROWS * COLUMNS))]
    return np.array(bits, bool).reshape(ROWS, COLUMNS)


def draw_number(luma: Luma, number: int) -> None:
    """Draw the number over the top edge of a frame's luma, in place."""
    for (row, column), white in np.ndenumerate(encode_number(number)):
        top, bottom, left, right = _cell(luma.shape, row, column, margin=0.0)
        luma[top:bottom, left:right] = WHITE if white else BLACK


def read_number(luma: Luma) -> int | None:
    """Read the number in a frame of any size; None if there is none or it is damaged."""
    word = 0
    for row in range(ROWS):
        for column in range(COLUMNS):
            top, bottom, left, right = _cell(luma.shape, row, column, margin=0.25)
            level = float(luma[top:bottom, left:right].mean())
            if DARK <= level <= BRIGHT:
                return None
            word = word << 1 | (level > BRIGHT)
    number, check = word >> CHECK_BITS, word & ((1 << CHECK_BITS) - 1)
    return number if check == checksum(number) else None


def luma_of(frame: av.VideoFrame) -> Luma:
    """The brightness of a decoded frame, (H, W); a view if the frame has a plane for it."""
    if not frame.format.name.startswith(("yuv4", "nv12", "gray")):
        return np.asarray(frame.to_ndarray(format="gray"), np.uint8)
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : frame.width]


def _cell(
    shape: tuple[int, ...], row: int, column: int, margin: float
) -> tuple[int, int, int, int]:
    """The top, bottom, left and right of one square in pixels, without a margin on each side."""
    height, width = shape[0] * STRIP / ROWS, shape[1] / COLUMNS
    top, bottom = (row + margin) * height, (row + 1 - margin) * height
    left, right = (column + margin) * width, (column + 1 - margin) * width
    return round(top), max(round(bottom), round(top) + 1), round(left), round(right)


def write_video(path: Path, begin_s: float = 0.0, duration_s: float | None = None) -> None:
    """Write the demo, or `duration_s` of it, with frame numbers from 0 and its audio."""
    options = {"crf": "16", "preset": "veryfast", "threads": "1"}
    with av.open(str(DEMO_VIDEO)) as demo, av.open(str(path), "w") as out:
        duration_s = duration_s or float(demo.duration or 0) / av.time_base
        source_video, source_audio = demo.streams.video[0], demo.streams.audio[0]
        video = out.add_stream("libx264", rate=FPS, options=options)
        video.width, video.height = source_video.width, source_video.height
        video.pix_fmt = "yuv420p"
        audio = out.add_stream_from_template(source_audio)
        frames = _frames(demo, begin_s, duration_s)
        with closing(frames):
            for n, frame in enumerate(frames):
                out.mux(video.encode(_draw_on_frame(frame, n)))
        out.mux(video.encode(None))
        demo.seek(0)
        for packet in demo.demux(source_audio):
            at_s = float((packet.pts or 0) * source_audio.time_base) - begin_s
            if packet.dts is None or not 0 <= at_s < duration_s:
                continue
            packet.pts = packet.dts = round(at_s / source_audio.time_base)
            packet.stream = audio
            out.mux(packet)


def _frames(
    demo: av.container.InputContainer, begin_s: float, duration_s: float
) -> Iterator[av.VideoFrame]:
    for frame in demo.decode(video=0):
        n = round((frame.time or 0.0) * FPS) - round(begin_s * FPS)
        if n >= round(duration_s * FPS):
            return
        if n >= 0:
            yield frame


def _draw_on_frame(frame: av.VideoFrame, number: int) -> av.VideoFrame:
    planes = frame.to_ndarray(format="yuv420p")  # (3 H / 2, W): luma on top
    height, strip = frame.height, round(frame.height * STRIP)
    draw_number(planes[:height], number)
    colours = planes[height:].reshape(2, height // 2, frame.width // 2)
    colours[:, : (strip + 1) // 2] = 128
    marked = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    marked.pts, marked.time_base = number, Fraction(1, FPS)
    return marked


def open_store(begin_s: float = 0.0, duration_s: float | None = None) -> LessonStore:
    """Open a store that has the lesson LESSON_ID; build the lesson if the code has changed.

    Building the whole demo takes about a minute on two cores.
    """

    def build(folder: Path) -> None:
        folder.mkdir()
        video = folder / "film.mp4"
        write_video(video, begin_s, duration_s)
        make_lesson(BuildRequest(video, folder, LESSON_ID, "Oracle"), load_pose_network())

    path = cached_path(f"lessons/oracle-{begin_s:g}-{duration_s or 0:g}", SOURCES)
    return LessonStore(build_once(path, build))
