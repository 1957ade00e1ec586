"""For tests of outgoing tracks: a clock that they move, and renditions of numbered packets."""

from __future__ import annotations

import asyncio

import numpy as np
from aiortc import MediaStreamTrack

from rtc_server.lessons.renditions import INDEX, Rendition

FPS = 30
LOW = 1000  # added to the numbers of the lower bit rate's packets


class Time:
    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def rendition(
    seconds: float = 3.0, fps: float = FPS, key_every: int = FPS, marked: int = 0
) -> Rendition:
    """Packet k holds k, or k + `marked`, as four bytes."""
    count = round(seconds * fps)
    index = np.zeros(count, INDEX)
    index["t_s"], index["offset"], index["size"] = np.arange(count) / fps, np.arange(count) * 4, 4
    index["key"] = np.arange(count) % key_every == 0
    payload = (np.arange(count, dtype="<u4") + marked).view(np.uint8)
    return Rendition("vp8", index, payload)


def number(packet: object) -> int:
    return int.from_bytes(packet.data, "little")  # type: ignore[attr-defined]


async def soon(track: MediaStreamTrack) -> object:
    """What `recv` returns at once; None where it would wait."""
    waiting = asyncio.ensure_future(track.recv())
    for _ in range(5):
        await asyncio.sleep(0)
    if waiting.done():
        return waiting.result()
    waiting.cancel()
    return None


async def all_now(track: MediaStreamTrack) -> list[int]:
    """The numbers of all packets that `recv` returns at once."""
    numbers = []
    while (packet := await soon(track)) is not None:
        numbers.append(number(packet))
    return numbers
