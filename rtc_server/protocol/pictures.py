"""The binary messages of a WebSocket, both ways: a small header, then a JPEG picture. Pure.

Numbers are big-endian, as everywhere on the Internet. A receiver takes the picture from where the
header says that it begins, so that a later version can have more fields.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from rtc_server.errors import BadMessage
from rtc_server.protocol.field_reader import MAX_NUMBER

VERSION = 1
WEBCAM, ANNOTATED = 1, 2  # kinds of pictures: up, down
# version, kind, length of the header; rate, captured_ms, sent_ms, lesson_ms
WEBCAM_HEADER = struct.Struct(">BBHfddd")
ANNOTATED_HEADER = struct.Struct(">BBHI")  # version, kind, length of the header; count
MAX_RATE = 4.0
MAX_PICTURE_BYTES = 1 << 20  # with its header


@dataclass(frozen=True, slots=True)
class WebcamPicture:
    """One picture of the webcam, and what was on the learner's screen when it was captured."""

    captured_ms: float  # on the client's clock
    sent_ms: float  # on the client's clock
    lesson_s: float | None  # None: nothing of the lesson was known to be on the screen
    rate: float  # lesson seconds per second; 0 while the lesson stood still
    jpeg: bytes


def parse_webcam_picture(data: bytes) -> WebcamPicture:
    """Parse a binary message of a client.

    :raises BadMessage: a header that is too short, of another version or kind, or says no numbers.
    """
    if len(data) < WEBCAM_HEADER.size:
        raise BadMessage(
            f"picture: expected a header of {WEBCAM_HEADER.size} bytes, got {len(data)}"
        )
    version, kind, begin, rate, *times = WEBCAM_HEADER.unpack_from(data)
    if (version, kind) != (VERSION, WEBCAM) or not WEBCAM_HEADER.size <= begin <= len(data):
        raise BadMessage(
            f"picture: expected version {VERSION}, kind {WEBCAM} and a header of "
            f"{WEBCAM_HEADER.size} bytes or more, got {version}, {kind} and {begin}"
        )
    captured_ms, sent_ms, lesson_ms = times
    numbers = [captured_ms, sent_ms, 0.0 if math.isnan(lesson_ms) else lesson_ms]
    if not all(math.isfinite(n) and abs(n) <= MAX_NUMBER for n in numbers):
        raise BadMessage(f"picture: expected times that are numbers, got {times}")
    if not 0 <= rate <= MAX_RATE:
        raise BadMessage(f"picture: expected a rate of 0 to {MAX_RATE:g}, got {rate:g}")
    lesson_s = None if math.isnan(lesson_ms) else lesson_ms / 1000
    return WebcamPicture(captured_ms, sent_ms, lesson_s, rate, data[begin:])


def write_webcam_picture(picture: WebcamPicture) -> bytes:
    """The message that a client sends."""
    lesson_ms = math.nan if picture.lesson_s is None else picture.lesson_s * 1000
    header = WEBCAM_HEADER.pack(
        *(VERSION, WEBCAM, WEBCAM_HEADER.size, picture.rate),
        *(picture.captured_ms, picture.sent_ms, lesson_ms),
    )
    return header + picture.jpeg


def write_annotated_picture(count: int, jpeg: bytes) -> bytes:
    """The message that the server sends; `count` are the pictures before it, sent or not."""
    return ANNOTATED_HEADER.pack(VERSION, ANNOTATED, ANNOTATED_HEADER.size, count) + jpeg


def parse_annotated_picture(data: bytes) -> tuple[int, bytes]:
    """The count and the JPEG of a picture that the server sent.

    :raises BadMessage: of another version or kind.
    """
    if len(data) < ANNOTATED_HEADER.size:
        raise BadMessage(f"picture: expected a header, got {len(data)} bytes")
    version, kind, begin, count = ANNOTATED_HEADER.unpack_from(data)
    if (version, kind) != (VERSION, ANNOTATED):
        raise BadMessage(f"picture: expected version 1, kind 2, got {version}, {kind}")
    return count, data[begin:]
