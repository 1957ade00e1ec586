"""A live teacher for `media_cost.py`: the film is the lesson's, as if it came from a camera."""

from __future__ import annotations

import asyncio
from typing import Any

VIDEO_HZ, AUDIO_HZ = 90_000, 48_000


async def feed(lesson: Any, source: Any, loop_s: tuple[float, float]) -> None:
    """Hand a lesson's video and audio to a live source, again and again, until cancelled."""
    await asyncio.gather(
        _feed_video(lesson.rendition("vp8"), source, loop_s),
        _feed_audio(lesson.rendition("opus"), source, loop_s),
    )


async def _feed_video(film: Any, source: Any, loop_s: tuple[float, float]) -> None:
    from rtc_server.webrtc.jitter_buffer import EncodedFrame
    from rtc_server.webrtc.rtp.packetizers import Vp8Packetizer

    packetize = Vp8Packetizer(0)
    first = film.key_before(film.first_index_from(loop_s[0]))
    async for row, at_s in _play(film, first, film.first_index_from(loop_s[1])):
        data, timestamp = film.packet(row), round(at_s * VIDEO_HZ) & 0xFFFFFFFF
        frame = EncodedFrame(data, timestamp, 96, after_gap=False, payloads=tuple(packetize(data)))
        source.take("vp8", frame, bool(film.key[row]))


async def _feed_audio(film: Any, source: Any, loop_s: tuple[float, float]) -> None:
    first, last = (film.first_index_from(at_s) for at_s in loop_s)
    async for row, at_s in _play(film, first, last):
        source.on_sound(film.packet(row), round(at_s * AUDIO_HZ) & 0xFFFFFFFF)


async def _play(film: Any, first: int, last: int) -> Any:
    """Rows from one to another, each when it is due, for ever."""
    now = asyncio.get_running_loop().time
    began_s = now()
    while True:
        for row in range(first, last):
            at_s = began_s + float(film.t_s[row] - film.t_s[first])
            await asyncio.sleep(max(0.0, at_s - now()))
            yield row, at_s
        began_s += float(film.t_s[last] - film.t_s[first])
