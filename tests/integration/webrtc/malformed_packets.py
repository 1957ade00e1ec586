"""Packets of RTP and RTCP whose lengths and counts are wrong."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from aiortc import rtp
from aiortc.rtp import RtpPacket

VP8, RTX = 97, 98  # payload types in aiortc's offers


def malformed_rtp(ssrc: int) -> Iterator[bytes]:
    """Packets of the webcam whose lengths are wrong."""
    header = struct.pack("!BBHLL", 0x80, VP8, 7, 7, ssrc)
    yield header  # no payload
    yield b"\xa0" + header[1:] + b"\x10\xff"  # more padding than packet
    yield b"\xa0" + header[1:] + b"\x10\0"
    yield b"\x8f" + header[1:]  # 15 sources, of which none is there
    for number in range(1, 15):  # header extensions, those agreed on among them, of each length
        for length in range(1, 5):
            data = bytes([number << 4 | length - 1]) + bytes(length)
            data += bytes(-len(data) % 4)
            extension = struct.pack("!HH", 0xBEDE, len(data) // 4) + data
            yield b"\x90" + header[1:] + extension + b"\x10"
    for data in (b"\xff\0\0\0", b"\x10\xff\0\0", b"\1\x30\0\0"):
        for profile in (0xBEDE, 0x1000, 7):
            yield b"\x90" + header[1:] + struct.pack("!HH", profile, 1) + data + b"\x10"
    for payload in (b"", b"\0", b"\0\0", b"\xff" * 9):
        for kind in (RTX, VP8, 77):
            yield RtpPacket(kind, 1, 9, 9, ssrc, payload).serialize()


def malformed_rtcp(ssrc: int) -> Iterator[bytes]:
    """Reports and feedback whose counts and lengths are wrong; BYE comes last."""
    remb = b"REMB" + bytes([255, 0xFF, 0xFF, 0xFF])
    yield bytes(rtp.RtcpPsfbPacket(rtp.RTCP_PSFB_APP, ssrc, 0, remb))  # none of 255 SSRCs
    yield bytes(rtp.RtcpPsfbPacket(rtp.RTCP_PSFB_APP, ssrc, 0))
    for kind in range(200, 208):
        for count in (0, 1, 31):
            for words in (1, 2, 6):
                head = struct.pack("!BBHL", 0x80 | count, kind, words, ssrc)
                yield head + bytes(4 * words - 4)
                yield b"\xa0" + head[1:]  # truncated, with padding
    yield bytes(rtp.RtcpSrPacket(ssrc, rtp.RtcpSenderInfo(2**64 - 1, 0, 0, 0)))
    yield bytes(rtp.RtcpByePacket([ssrc]))
