"""The learner's pose for every sample that is due."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

from rtc_server.latest import Closed
from rtc_server.metrics import Metrics
from rtc_server.pose.pose_slot import FramePose, PoseSlot
from rtc_server.protocol.server_messages import build_error
from rtc_server.scoring.group_attempt import GroupAttempt
from rtc_server.session.connection import SessionPeer, SessionUplink
from rtc_server.session.playback import Playback
from rtc_server.sync.capture_clock import CaptureClock
from rtc_server.sync.player import Player
from rtc_server.types import Pose
from rtc_server.webcam.webcam_frame import WebcamFrame

NO_FRAME_S = 2.0  # without a webcam frame, while packets come: the camera is off
MAX_FAILURES = 5  # in a row on which the estimator fails; then the learner gets an error


class SampleSchedule:
    """When samples are due, in seconds of the server's clock; the time is passed in.

    Samples are due every 1 / `pose_fps` s, shifted by a phase of the session's own, so that
    sessions do not all come due at once. A sample that is late by less than an interval delays
    nothing. If it is later, the due times that have passed are missed.
    """

    def __init__(self, pose_fps: float, phase: float, now_s: float) -> None:
        """:param phase: 0..1 of the interval."""
        self._interval_s = 1 / pose_fps
        self.due_s = (now_s // self._interval_s + 1 + phase) * self._interval_s

    def skip_to(self, now_s: float) -> None:
        """Drop the due times up to now without missing them: nothing was due meanwhile."""
        self.due_s += (now_s - self.due_s) // self._interval_s * self._interval_s

    def advance(self, now_s: float) -> int:
        """Go on to the next due time; return how many due times were missed."""
        self.due_s += self._interval_s
        missed = max(0, int((now_s - self.due_s) / self._interval_s))
        self.due_s += missed * self._interval_s
        return missed


@dataclass(frozen=True, slots=True)
class PoseSampler:
    """Estimates the pose in the webcam's frames, `pose_fps` times a second.

    Schedule: a sample is taken of the first frame that arrives after its due time, because the
    last frame before may be as old as the webcam's frames are apart.

    Overload: a late sample is taken of the newest frame at once and does not wait for the next due
    time. Therefore every session always has one frame in the queue for inference, and all get an
    equal share. Samples that are missed are counted while the lesson plays.

    Stall: when no frame arrives for NO_FRAME_S, the learner gets one error, and is scored as out
    of view while the lesson plays. While the connection itself is silent nothing is due: the
    session waits for the learner.
    """

    uplink: SessionUplink
    pose_slot: PoseSlot
    peer: SessionPeer
    player: Player
    playback: Playback
    attempt: GroupAttempt
    metrics: Metrics
    pose_fps: float

    async def poses(self) -> AsyncIterator[FramePose]:
        """Frames with their poses, until cancelled."""
        now = self.player.now
        schedule = SampleSchedule(self.pose_fps, self.pose_slot.phase, now())
        while True:
            on_time = now() < schedule.due_s
            await asyncio.sleep(max(0.0, schedule.due_s - now()))
            if not await self._wait_for_frame(fresh=on_time):
                schedule.skip_to(now())
            elif (frame_pose := await self._estimate()) is not None:
                yield frame_pose
            else:
                self._count_missed(1)
            self._count_missed(schedule.advance(now()))

    async def _wait_for_frame(self, *, fresh: bool) -> bool:
        """Wait for a webcam frame; False if the connection was silent, or there was no camera.

        :param fresh: wait for a frame that arrives from now on, else one may be there already.
        """
        reported, connected, skipped = False, True, self.uplink.frames_skipped
        rounds = 0
        while True:
            rounds += 1
            active_halves = 0
            # In two halves: a connection may fall silent in one, and come back in the other.
            for _ in range(2):
                packets, frames = self.peer.packets_received, self.uplink.frames
                try:
                    async with asyncio.timeout(NO_FRAME_S / 2):
                        await (frames.wait_for_next() if fresh else frames.wait())
                        return connected
                except TimeoutError:
                    pass
                except Closed:
                    await asyncio.sleep(NO_FRAME_S / 2)
                active_halves += self.peer.packets_received != packets
            # A phone that is the camera is waited for as the learner is.
            connected = active_halves == 2 and self.uplink.has_camera
            # On a bad network frames come, and wait for a key frame: the camera is on.
            waits_for_key = self.uplink.frames_skipped > skipped and not self.uplink.problem
            if connected and not reported and (rounds > 1 or not waits_for_key):
                reported = True
                problem = self.uplink.problem or "is it still on?"
                self._send_error("no_camera", f"no picture comes from the camera: {problem}")
            if connected and self.playback.state == "playing":
                self._add_unseen()

    async def _estimate(self) -> FramePose | None:
        """The pose in the newest frame; None if it is too old by its turn, or on a failure."""
        frames, clock, state = self.uplink.frames, self.uplink.capture_clock, self.playback.state
        if frames.is_empty:
            return None  # of another camera than was waited for, which counts since a moment ago
        frame_pose = await self.pose_slot.estimate_newest(
            frames,
            partial(self._capture_times, clock),
            observe_scene=state != "playing",
            keep_numbers=state != "ready" or self.attempt.samples > 0,
        )
        if self.uplink.capture_clock is not clock:
            return None  # another camera counts by now, and its clock cannot read this frame's time
        if frame_pose is None and self.pose_slot.failures == MAX_FAILURES:
            self._send_error("internal", "the server cannot analyse the camera's frames")
        return frame_pose

    def _capture_times(self, capture: CaptureClock, frame: WebcamFrame) -> tuple[float, float]:
        """When the frame was captured, on the server's clock, as well as it is known; and how long
        ago its first packets can have arrived here; both in s.
        """
        known_s = capture.captured_s(frame.timestamp)
        captured_s = frame.received_s if known_s is None else known_s
        return captured_s, self.player.now() - captured_s - (capture.rtt_ms or 0.0) / 2000

    def _add_unseen(self) -> None:
        """Score a sample with nobody in view, at the lesson position that plays now."""
        nobody = Pose.nobody(self.player.now())
        self.attempt.add_sample(self.player.position_s, nobody, self.player.clock.rate)

    def _count_missed(self, samples: int) -> None:
        """Count samples that came due and were not scored."""
        if self.playback.state == "playing":
            self.attempt.dropped += samples
            self.metrics.samples_missed.inc(samples)

    def _send_error(self, code: str, sentence: str) -> None:
        self.peer.send_control(build_error(code, sentence))
