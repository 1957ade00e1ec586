"""What a headless screen says of the frames that it shows; the test owns its clock."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import av
import pytest

from rtc_server.client.outcome import Outcome
from rtc_server.client.screen import Screen
from rtc_server.sync.playout import DELAY_S
from rtc_server.webrtc import aiortc_internals


class OneFrameTrack:
    """Gives one frame, and then no more."""

    def __init__(self) -> None:
        self._frames = [av.VideoFrame(16, 16, "yuv420p")]
        self._frames[0].pts, self._frames[0].time_base = 900, Fraction(1, 90_000)

    async def recv(self) -> av.VideoFrame:
        if not self._frames:
            await asyncio.Event().wait()
        return self._frames.pop()


@pytest.mark.parametrize("began_s", [-5 * 3600.0, 0.0, 7 * 3600.0])
async def test_the_first_frame_is_reported_whatever_the_clock_says(
    monkeypatch: pytest.MonkeyPatch, began_s: float
) -> None:
    monkeypatch.setattr(aiortc_internals, "replace_jitter_buffer", lambda *_: None)
    monkeypatch.setattr(aiortc_internals, "rtp_timestamp", lambda _, pts: pts)
    times_s = iter([began_s] * 3)  # while it comes; then it is due
    sent: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
    screen = Screen(lambda: next(times_s, began_s + DELAY_S), Outcome("lesson"), sent.put_nowait)
    receiver: Any = SimpleNamespace(track=OneFrameTrack())
    tasks = [
        asyncio.create_task(screen.receive("video", receiver)),
        asyncio.create_task(screen.present(receiver, None)),
    ]
    report = await asyncio.wait_for(sent.get(), 5)
    for task in tasks:
        task.cancel()
    assert report["type"] == "playhead" and report["rtp"] == 900
    assert report["shown_ms"] == pytest.approx((began_s + DELAY_S) * 1000)
