"""Splits access units into the payloads of RTP packets, as aiortc's encoders do. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

MAX_PAYLOAD_BYTES = 1300
DESCRIPTOR_BYTES = 4
# X; S in a frame's first packet; I and M: a picture id of 15 bits follows (RFC 7741, 4.2).
FIRST, FOLLOWING = 0x9080_8000, 0x8080_8000
PICTURE_IDS = 1 << 15

Packetizer: TypeAlias = Callable[[bytes], list[bytes]]


class Vp8Packetizer:
    """Payloads of VP8 (RFC 7741), with consecutive picture ids."""

    def __init__(self, picture_id: int) -> None:
        """:param picture_id: of the first frame, 15 bits."""
        self._picture_id = picture_id

    def __call__(self, frame: bytes) -> list[bytes]:
        picture_id = self._picture_id
        self._picture_id = (picture_id + 1) % PICTURE_IDS
        if not frame:
            return []
        room = MAX_PAYLOAD_BYTES - DESCRIPTOR_BYTES
        payloads = [(FIRST | picture_id).to_bytes(DESCRIPTOR_BYTES, "big") + frame[:room]]
        if len(frame) > room:
            descriptor = (FOLLOWING | picture_id).to_bytes(DESCRIPTOR_BYTES, "big")
            payloads += [descriptor + frame[at : at + room] for at in range(room, len(frame), room)]
        return payloads


def packetize_opus(packet: bytes) -> list[bytes]:
    """A packet of Opus is one payload (RFC 7587, 4.2)."""
    return [packet]
