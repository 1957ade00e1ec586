"""The screen of a headless learner without WebRTC: it plays the lesson's file by the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import av

from rtc_server.client.cameras import CameraTrack, EchoCameraTrack
from rtc_server.client.lesson_film import LessonFilm
from rtc_server.client.outcome import Outcome
from rtc_server.client.screen_clock import ScreenClock, ScreenStretch

STILL_S = 0.1  # a camera films a still picture again and again


class LessonScreen:
    """Shows each frame when it is due, and counts it in the outcome."""

    def __init__(self, now: Callable[[], float], outcome: Outcome) -> None:
        self._now = now
        self._outcome = outcome
        self.clock = ScreenClock()
        self._changed = asyncio.Event()
        self._shown_s: float | None = None  # time of the last frame; None while not playing

    def on_state(self, state: Mapping[str, Any]) -> None:
        """Play, or stand still, as the server says."""
        now_s = self._now()
        self.clock.on_state(now_s, state)
        self._shown_s = now_s if state["state"] == "playing" else None
        self._changed.set()

    async def present(self, film: LessonFilm, camera: CameraTrack) -> None:
        """Show the lesson until cancelled; an echo camera films each frame."""
        while True:
            self._changed.clear()
            if (stretch := self.clock.present) is None:
                await self._changed.wait()
            elif stretch.rate == 0:
                await self._stand_still(film, camera, stretch)
            elif not await self._show_next(film, camera, stretch):
                await self._changed.wait()

    async def _stand_still(
        self, film: LessonFilm, camera: CameraTrack, stretch: ScreenStretch
    ) -> None:
        found = await asyncio.to_thread(film.frame_from, stretch.lesson_s)
        while not self._changed.is_set():
            if found is not None and isinstance(camera, EchoCameraTrack):
                camera.film(found[1])
            await self._wait(STILL_S)

    async def _show_next(
        self, film: LessonFilm, camera: CameraTrack, stretch: ScreenStretch
    ) -> bool:
        """Show the next frame when it is due; False: there is none, or not in this stretch."""
        found = await asyncio.to_thread(film.frame_from, stretch.position_s(self._now()))
        if found is None or found[0] >= stretch.end_s:
            return False
        await self._wait(stretch.due_s(found[0]) - self._now())
        if not self._changed.is_set():
            self.clock.on_shown(self._now(), found[0], stretch)
            self._show(found[1], camera)
        return True

    def _show(self, frame: av.VideoFrame, camera: CameraTrack) -> None:
        now_s = self._now()
        self._outcome.frames += 1
        if self._shown_s is not None:
            frozen_ms = (now_s - self._shown_s) * 1000
            self._outcome.freeze_ms = max(self._outcome.freeze_ms, frozen_ms)
            self._shown_s = now_s
        if isinstance(camera, EchoCameraTrack):
            camera.film(frame)

    async def _wait(self, seconds: float) -> None:
        """Wait so long, or until the server says something else."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._changed.wait()
        except TimeoutError:
            pass
