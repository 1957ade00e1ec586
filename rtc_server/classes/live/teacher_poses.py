"""Finds the teacher's pose five times a second, and lets the reference grow by it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from rtc_server.latest import Closed, Latest
from rtc_server.pose.pose_slot import PoseSlot
from rtc_server.scoring.growing.reference import GrowingReference
from rtc_server.session.pose_sampler import SampleSchedule
from rtc_server.sync.player import Player
from rtc_server.types import Pose
from rtc_server.webcam.webcam_frame import WebcamFrame

FRAME_TIMEOUT_S = 1.0  # then the next sample is due; no pose is added meanwhile


@dataclass(slots=True)
class TeacherPoses:
    """The teacher as the class's reference; `player` is the class's once it has begun."""

    reference: GrowingReference
    slot: PoseSlot
    pose_fps: float
    now: Callable[[], float]
    captured_s: Callable[[int], float | None]  # of an RTP timestamp, on the server's clock
    aspect: float | None = None  # width / height of the last picture
    player: Player | None = None
    missed: int = 0  # samples that came due without a pose

    async def run(self, frames: Latest[WebcamFrame]) -> None:
        """Look at these frames until they end, or until cancelled."""
        schedule = SampleSchedule(self.pose_fps, self.slot.phase, self.now())
        while True:
            on_time = self.now() < schedule.due_s
            await asyncio.sleep(max(0.0, schedule.due_s - self.now()))
            try:
                async with asyncio.timeout(FRAME_TIMEOUT_S):
                    await (frames.wait_for_next() if on_time else frames.wait())
            except TimeoutError:
                schedule.skip_to(self.now())
            except Closed:
                return
            else:
                await self._look(frames)
            self.missed += schedule.advance(self.now())

    async def _look(self, frames: Latest[WebcamFrame]) -> None:
        found = await self.slot.estimate_newest(frames, self._capture_times)
        if found is None:
            self.missed += 1
            return
        picture = found.frame.video_frame
        self.aspect = picture.width / picture.height
        self.add(found.pose)
        if self.reference.is_stale:
            self.reference.adopt(await asyncio.to_thread(self.reference.measure))

    def add(self, pose: Pose) -> None:
        """Add a pose at the class's position when it was captured, if the class was playing."""
        if self.player is None:
            return
        clock = self.player.clock
        if clock.playing and pose.captured_s >= clock.run.start_s:
            self.reference.add(replace(pose, captured_s=clock.position_s(pose.captured_s)))

    def _capture_times(self, frame: WebcamFrame) -> tuple[float, float]:
        known_s = self.captured_s(int(frame.timestamp))
        captured_s = frame.received_s if known_s is None else known_s
        return captured_s, self.now() - frame.received_s
