"""A headless learner who shows a film at any rate, and writes down when poses of them came."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import av

from rtc_server.client.cameras import fit_frame
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from tools.loopback_peers import Film


class Seen(NamedTuple):
    """A score message with somebody in it, on this process's monotonic clock."""

    came_s: float
    captured_s: float  # as the server knows it


class FilmLearner(Learner):
    """Follows the lesson of the options and sends a film of somebody."""

    def __init__(
        self, options: LearnerOptions, pictures: Sequence[av.VideoFrame], fps: float
    ) -> None:
        super().__init__(options, self._write_down)
        self.session = ""  # its id, once there is one
        self.seen: list[Seen] = []
        self.film = Film(pictures, fps)

    def _open_camera(self) -> Any:
        return self.film

    def _add_transceivers(self, camera: Any) -> list[str]:
        names = super()._add_transceivers(camera)
        self.film.sender = self._connection.getTransceivers()[0].sender
        return names

    def _write_down(self, message: dict[str, Any]) -> None:
        if message["type"] == "welcome":
            self.session = message["session"]
        if message["type"] == "score" and any(x is not None for x, _, _ in message["pose"]):
            now_s = time.monotonic()
            self.seen.append(Seen(now_s, now_s - message["age_ms"] / 1000))

    def pose_after(self, moment_s: float) -> Seen | None:
        """The first pose of a picture that was captured later than a moment."""
        return next((seen for seen in self.seen if seen.captured_s > moment_s), None)


def film_of(path: Path, seconds: float) -> list[av.VideoFrame]:
    """The first pictures of a film, in the size that a headless learner sends."""
    pictures = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= seconds:
                break
            pictures.append(fit_frame(frame))
    return pictures
