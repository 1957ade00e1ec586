"""A headless teacher of a class: starts it when enough learners are there, and stays to its end."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any

from aiortc import MediaStreamTrack

from rtc_server.client.cameras import CameraTrack
from rtc_server.client.classes.live_film import LiveFilm
from rtc_server.client.device import THIS_DEVICE, Device
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions


class ClassTeacher(Learner):
    """One session of the teacher over WebRTC."""

    lossy_channel = "roster"

    def __init__(
        self,
        options: LearnerOptions,
        device: Device = THIS_DEVICE,
        *,
        learners: int = 1,
        film: LiveFilm | None = None,
    ) -> None:
        """:param options: with the class's code and its token.
        :param learners: how many have to be there before it starts.
        :param film: what a live class's teacher sends; None: the class has a lesson.
        """
        super().__init__(options, device)
        self._learners, self._film = learners, film
        self._is_ready, self._present = False, 0

    def stop(self) -> None:
        """End the class, for all; `follow` returns soon."""
        self._send({"type": "stop"})

    def start(self) -> None:
        """Begin now, whoever is there."""
        self._started = True
        self._send({"type": "start"})

    def _describe_request(self) -> tuple[str, dict[str, Any]]:
        return f"/api/classes/{self._options.class_code}/teacher", {}

    def _open_camera(self) -> CameraTrack | None:
        return None

    def _add_transceivers(self, camera: CameraTrack | None) -> list[str]:
        if self._film is None:
            return super()._add_transceivers(camera)
        tracks: list[MediaStreamTrack] = self._film.tracks()
        for track in tracks:
            self._connection.addTransceiver(track, direction="sendonly")
        return [track.kind for track in tracks]

    def _work(self, camera: CameraTrack | None) -> Sequence[Coroutine[Any, Any, None]]:
        if self._film is None:
            return super()._work(camera)
        receiver = self._connection.getTransceivers()[0].receiver
        return [self._watch_network(receiver), self._stop_with_film(self._film)]

    async def _stop_with_film(self, film: LiveFilm) -> None:
        await film.wait_for_end()
        self.stop()

    def _on_ready(self) -> None:
        """The class has not begun: it does when enough learners are there."""
        self._is_ready = True
        self._start_if_all_are_there()

    def _on_other(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "class", "present": present, "state": "open"}:
                self._present = present
                self._start_if_all_are_there()

    def _start_if_all_are_there(self) -> None:
        if self._is_ready and not self._started and self._present >= self._learners:
            self.start()
