"""Reads the segments of a JPEG picture before anything of it is decoded. Pure.

ITU-T T.81, annex B: https://www.w3.org/Graphics/JPEG/itu-t81.pdf

A picture may say that it is huge, and one of a megabyte may make a decoder go over it fifty
thousand times: each scan of a progressive picture costs a pass, and takes twenty bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

START = b"\xff\xd8"  # SOI
SCAN = 0xDA  # SOS
END = 0xD9  # EOI
# Baseline, extended and progressive, with Huffman codes: what cameras and browsers write.
FRAMES = frozenset({0xC0, 0xC1, 0xC2})
# The other kinds of frames; 0xC4, 0xC8 and 0xCC are no frames.
OTHER_FRAMES = frozenset(range(0xC3, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Restarts, a second beginning, TEM: what follows such a marker is no segment of its own.
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
MAX_SEGMENTS = 128
MAX_SCANS = 16  # progressive pictures have 10 as a rule
# What ends the data of a scan: a marker that is neither stuffing nor a restart.
AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What a picture says of itself."""

    width: int
    height: int


def parse_jpeg(data: bytes) -> JpegHeader:
    """Read a picture's size, and check that its segments are in order and not too many.

    :raises ValueError: it is no JPEG, or of a kind that is not decoded.
    """
    if not data.startswith(START):
        raise ValueError(f"expected a JPEG picture, got bytes that begin with {data[:4].hex()}")
    header: JpegHeader | None = None
    at, scans = len(START), 0
    for _ in range(MAX_SEGMENTS):
        kind, body = _read_segment(data, at)
        if kind == END:
            break
        if kind in WITHOUT_LENGTH:
            raise ValueError(f"expected a JPEG segment with a length, got the marker {kind:02x}")
        if kind in OTHER_FRAMES:
            raise ValueError(f"expected a baseline or progressive JPEG, got kind {kind - 0xC0}")
        if kind in FRAMES:
            if header is not None:
                raise ValueError("expected one frame in a JPEG, got two")
            header = _parse_frame(body)
        at += 4 + len(body)
        if kind == SCAN:
            scans += 1
            end = AFTER_SCAN.search(data, at)
            if end is None:  # cut off: what is there can be decoded
                break
            at = end.start()
    else:
        raise ValueError(f"expected at most {MAX_SEGMENTS} segments in a JPEG, got more")
    if header is None or scans == 0:
        raise ValueError("expected a frame and a scan in a JPEG, got none")
    if scans > MAX_SCANS:
        raise ValueError(f"expected at most {MAX_SCANS} scans in a JPEG, got {scans}")
    return header


def _read_segment(data: bytes, at: int) -> tuple[int, bytes]:
    """A segment's marker and what is in it.

    :raises ValueError: there is none, or it is not complete.
    """
    if at + 2 > len(data) or data[at] != 0xFF:
        raise ValueError(f"expected a JPEG marker at byte {at}, got another or none")
    kind = data[at + 1]
    if kind == END:
        return kind, b""
    length = int.from_bytes(data[at + 2 : at + 4], "big")
    body = data[at + 4 : at + 2 + length]
    if length < 2 or len(body) != length - 2:
        raise ValueError(f"expected a whole JPEG segment at byte {at}, got a part")
    return kind, body


def _parse_frame(body: bytes) -> JpegHeader:
    """
    :raises ValueError: not 8 bits a sample, or no components that a camera has.
    """
    if len(body) < 6 or body[0] != 8 or body[5] not in (1, 3):
        raise ValueError("expected a JPEG of 8 bits in grey or colour, got another")
    height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    if not width or not height:
        raise ValueError(f"expected the size of a JPEG, got {width}×{height}")
    return JpegHeader(width, height)
