"""A lesson that carries its frame number in the picture, so that a webcam frame tells the truth.

The demo's dance with a strip of black and white squares along the top edge, where the dancer never
is: 12 bits of the frame's number and 12 of a checksum. A camera that shows the instructor's own
picture hands the number back, whatever was encoded, scaled or lost on the way; a number that was
damaged is not read at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from rtc_server.authoring.build import DEMO_VIDEO, make_lesson
from rtc_server.authoring.build_request import BuildRequest
from rtc_server.authoring.pose_extraction import open_poser
from rtc_server.lessons.store import Lesson, LessonStore

FPS = 30  # of the demo: frame n is on screen at n / FPS
LESSON_ID = "oracle"
ROWS, COLUMNS = 2, 12
BITS, CHECK_BITS = 12, 12
# Of the picture. The dancer's hands come up to 0.106 of the height.
STRIP = 0.075
BLACK, WHITE = 16, 235  # luma, ITU-R BT.601
DARK, BRIGHT = 90, 165  # what lies between is no square of ours
# CRC-12 (x¹²+x¹¹+x³+x²+x+1), begun so that one colour all over is no number.
POLYNOMIAL, BEGIN = 0x80F, 0x5A5
ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "oracle"

Grey = NDArray[np.uint8]  # (H, W) luma


def check_of(number: int) -> int:
    """The checksum, CHECK_BITS wide, of a number of BITS."""
    rest = BEGIN
    for k in reversed(range(BITS)):
        out = (rest >> (CHECK_BITS - 1)) ^ (number >> k & 1)
        rest = rest << 1 & ((1 << CHECK_BITS) - 1)
        rest ^= POLYNOMIAL * out
    return rest


def squares(number: int) -> NDArray[np.bool_]:
    """What is white, (ROWS, COLUMNS), in the code of a number.

    :raises ValueError: it does not fit in BITS.
    """
    if not 0 <= number < 1 << BITS:
        raise ValueError(f"expected a frame number of {BITS} bits, got {number}")
    word = number << CHECK_BITS | check_of(number)
    bits = [word >> k & 1 for k in reversed(range(ROWS * COLUMNS))]
    return np.array(bits, bool).reshape(ROWS, COLUMNS)


def draw(grey: Grey, number: int) -> None:
    """Write the number over the top edge of a picture's luma, in place."""
    for (row, column), white in np.ndenumerate(squares(number)):
        top, bottom, left, right = _cell(grey.shape, row, column, margin=0.0)
        grey[top:bottom, left:right] = WHITE if white else BLACK


def read(grey: Grey) -> int | None:
    """The number in a picture of any size; None where there is none or it is damaged."""
    word = 0
    for row in range(ROWS):
        for column in range(COLUMNS):
            top, bottom, left, right = _cell(grey.shape, row, column, margin=0.25)
            level = float(grey[top:bottom, left:right].mean())
            if DARK <= level <= BRIGHT:
                return None
            word = word << 1 | (level > BRIGHT)
    number, check = word >> CHECK_BITS, word & ((1 << CHECK_BITS) - 1)
    return number if check == check_of(number) else None


def luma(frame: av.VideoFrame) -> Grey:
    """The brightness of a decoded frame, (H, W), not copied where it has a plane of its own."""
    if not frame.format.name.startswith(("yuv4", "nv12", "gray")):
        return np.asarray(frame.to_ndarray(format="gray"), np.uint8)
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : frame.width]


def _cell(
    shape: tuple[int, ...], row: int, column: int, margin: float
) -> tuple[int, int, int, int]:
    """(top, bottom, left, right) in pixels of one square, less a share at each of its edges."""
    height, width = shape[0] * STRIP / ROWS, shape[1] / COLUMNS
    top, bottom = (row + margin) * height, (row + 1 - margin) * height
    left, right = (column + margin) * width, (column + 1 - margin) * width
    return round(top), max(round(bottom), round(top) + 1), round(left), round(right)


def write_film(path: Path, begin_s: float = 0.0, duration_s: float | None = None) -> None:
    """Write the demo, or `duration_s` of it, with its numbers, counted from 0, and its sound."""
    options = {"crf": "16", "preset": "veryfast", "threads": "1"}
    with av.open(str(DEMO_VIDEO)) as demo, av.open(str(path), "w") as out:
        duration_s = duration_s or float(demo.duration or 0) / av.time_base
        source, sound = demo.streams.video[0], demo.streams.audio[0]
        video = out.add_stream("libx264", rate=FPS, options=options)
        video.pix_fmt, video.width, video.height = "yuv420p", source.width, source.height
        audio = out.add_stream_from_template(sound)
        pictures = _pictures(demo, begin_s, duration_s)
        with closing(pictures):
            for n, frame in enumerate(pictures):
                out.mux(video.encode(_numbered(frame, n)))
        out.mux(video.encode(None))
        demo.seek(0)
        for packet in demo.demux(sound):
            at_s = float((packet.pts or 0) * sound.time_base) - begin_s
            if packet.dts is None or not 0 <= at_s < duration_s:
                continue
            packet.pts = packet.dts = round(at_s / sound.time_base)
            packet.stream = audio
            out.mux(packet)


def _pictures(
    demo: av.container.InputContainer, begin_s: float, duration_s: float
) -> Iterator[av.VideoFrame]:
    for frame in demo.decode(video=0):
        n = round((frame.time or 0.0) * FPS) - round(begin_s * FPS)
        if n >= round(duration_s * FPS):
            return
        if n >= 0:
            yield frame


def _numbered(frame: av.VideoFrame, number: int) -> av.VideoFrame:
    planes = frame.to_ndarray(format="yuv420p")  # (3 H / 2, W): luma on top
    height, strip = frame.height, round(frame.height * STRIP)
    draw(planes[:height], number)
    colours = planes[height:].reshape(2, height // 2, frame.width // 2)
    colours[:, : (strip + 1) // 2] = 128
    marked = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    marked.pts, marked.time_base = number, Fraction(1, FPS)
    return marked


def store(begin_s: float = 0.0, duration_s: float | None = None) -> LessonStore:
    """A store with the lesson in it, by LESSON_ID, made anew when the code that makes it changes.

    The whole demo takes about a minute on two cores, at first.
    """
    code = [*(ROOT / "rtc_server").rglob("*.py"), *(ROOT / "tf_pose").rglob("*.py")]
    sources = [*sorted(code), Path(__file__), DEMO_VIDEO]
    state = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    kept = LessonStore(CACHE / f"{begin_s:g}-{duration_s or 0:g}-{state}")
    if not kept.has(LESSON_ID):
        kept.folder.mkdir(parents=True, exist_ok=True)
        film = kept.folder / "film.mp4"
        write_film(film, begin_s, duration_s)
        _make(film, kept)
    return kept


def _make(film: Path, store: LessonStore) -> Lesson:
    request = BuildRequest(film, store.folder, LESSON_ID, "Oracle", replace=True)
    return make_lesson(request, open_poser())
