"""The header of a picture on a WebSocket, byte by byte as docs/protocol.md has it."""

from __future__ import annotations

import math
import struct

import pytest

from rtc_server.errors import BadMessage
from rtc_server.protocol.pictures import (
    WebcamPicture,
    parse_annotated_picture,
    parse_webcam_picture,
    write_annotated_picture,
    write_webcam_picture,
)

JPEG = b"\xff\xd8\xff\xd9"


def header(
    *,
    version: int = 1,
    kind: int = 1,
    begin: int = 32,
    rate: float = 1.0,
    captured_ms: float = 8311.25,
    sent_ms: float = 8330.5,
    lesson_ms: float = 4200.0,
) -> bytes:
    fixed = bytes([version, kind]) + begin.to_bytes(2, "big")
    return fixed + struct.pack(">fddd", rate, captured_ms, sent_ms, lesson_ms)


def test_a_picture_is_read_from_where_the_document_says() -> None:
    picture = parse_webcam_picture(header() + JPEG)
    assert picture == WebcamPicture(8311.25, 8330.5, 4.2, 1.0, JPEG)
    assert write_webcam_picture(picture) == header() + JPEG


def test_no_place_of_the_lesson_is_nan() -> None:
    picture = parse_webcam_picture(header(lesson_ms=math.nan, rate=0.0) + JPEG)
    assert picture.lesson_s is None
    assert write_webcam_picture(picture) == header(lesson_ms=math.nan, rate=0.0) + JPEG


def test_a_later_version_may_have_a_longer_header() -> None:
    assert parse_webcam_picture(header(begin=40) + b"tomorrow" + JPEG).jpeg == JPEG


@pytest.mark.parametrize(
    "message",
    [
        b"",
        header()[:31],
        header(version=2) + JPEG,
        header(kind=2) + JPEG,
        header(begin=31) + JPEG,
        header(begin=60_000) + JPEG,
        header(rate=math.nan) + JPEG,
        header(rate=-1.0) + JPEG,
        header(rate=5.0) + JPEG,
        header(captured_ms=math.nan) + JPEG,
        header(captured_ms=math.inf) + JPEG,
        header(sent_ms=math.nan) + JPEG,
        header(sent_ms=-1e300) + JPEG,
        header(lesson_ms=math.inf) + JPEG,
        header(lesson_ms=1e17) + JPEG,
    ],
)
def test_a_header_that_says_nothing_is_refused_in_a_sentence(message: bytes) -> None:
    with pytest.raises(BadMessage, match=r"^picture: expected .+, got "):
        parse_webcam_picture(message)


def test_the_servers_picture() -> None:
    message = write_annotated_picture(7, JPEG)
    assert message == bytes([1, 2, 0, 8, 0, 0, 0, 7]) + JPEG
    assert parse_annotated_picture(message) == (7, JPEG)
    for wrong in (b"", header() + JPEG, bytes([2, 2, 0, 8, 0, 0, 0, 7])):
        with pytest.raises(BadMessage):
            parse_annotated_picture(wrong)
