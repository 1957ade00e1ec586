"""Poses as the CSV of protocol.md: a row a sample, 36 numbers in pixels, missing ones empty."""

from __future__ import annotations

import math

from rtc_server.types import PoseTrack


def to_csv(track: PoseTrack, width: int, height: int) -> str:
    """`x0,y0,…,x17,y17` in pixels of a picture of that size, three decimals, no header."""
    size = (width, height)
    rows = []
    for pose in track.xy.tolist():
        numbers = [value * side for joint in pose for value, side in zip(joint, size, strict=True)]
        rows.append(",".join("" if math.isnan(n) else f"{n:.3f}" for n in numbers))
    return "".join(f"{row}\n" for row in rows)
