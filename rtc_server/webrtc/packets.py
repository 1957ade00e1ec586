"""Encoded pictures and sound in the form that aiortc packetises without encoding."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, TypeAlias

import av

EncodedPacket: TypeAlias = "av.Packet[Any]"


def encoded(data: bytes, pts: int, time_base: Fraction) -> EncodedPacket:
    """One access unit with its time on the wire."""
    packet: EncodedPacket = av.Packet(data)
    packet.pts = pts
    packet.time_base = time_base
    return packet
