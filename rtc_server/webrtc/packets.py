"""Encoded video and audio in the form that aiortc packetises without encoding it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

import av

EncodedPacket: TypeAlias = "av.Packet[Any]"


def build_packet(data: bytes, pts: int, time_base: Fraction) -> EncodedPacket:
    """Wrap one access unit, with its time on the wire in units of `time_base`."""
    packet: EncodedPacket = av.Packet(data)
    packet.pts = pts
    packet.time_base = time_base
    return packet
