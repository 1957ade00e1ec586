"""A headless learner who films a video at any frame rate and records when its poses arrive."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import av

from rtc_server.client.cameras import fit_frame
from rtc_server.client.device import Device
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from tools.loopback_peers import FilmTrack


class ReceivedPose(NamedTuple):
    """A score message that has a pose; times are on this process's monotonic clock."""

    received_s: float
    captured_s: float  # as estimated by the server


class FilmLearner(Learner):
    """Follows a lesson with a camera that films the given frames."""

    def __init__(
        self, options: LearnerOptions, frames: Sequence[av.VideoFrame], fps: float
    ) -> None:
        super().__init__(options, Device(self._record))
        self.session = ""  # its id, once the server has sent it
        self.received_poses: list[ReceivedPose] = []
        self.film = FilmTrack(frames, fps)

    def _open_camera(self) -> Any:
        return self.film

    def _add_transceivers(self, camera: Any) -> list[str]:
        names = super()._add_transceivers(camera)
        self.film.sender = self._connection.getTransceivers()[0].sender
        return names

    def _record(self, message: dict[str, Any]) -> None:
        if message["type"] == "welcome":
            self.session = message["session"]
        if message["type"] == "score" and any(x is not None for x, _, _ in message["pose"]):
            now_s = time.monotonic()
            self.received_poses.append(ReceivedPose(now_s, now_s - message["age_ms"] / 1000))

    def pose_after(self, moment_s: float) -> ReceivedPose | None:
        """The first pose of a frame that was captured later than this moment."""
        return next((pose for pose in self.received_poses if pose.captured_s > moment_s), None)


def read_film(path: Path, seconds: float) -> list[av.VideoFrame]:
    """Read the first frames of a video, scaled to the size that a headless learner sends."""
    frames = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= seconds:
                break
            frames.append(fit_frame(frame))
    return frames
