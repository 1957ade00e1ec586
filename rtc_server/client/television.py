"""A headless screen without a camera: it shows a link for a phone, and starts once that shows
somebody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from rtc_server.client.cameras import CameraTrack
from rtc_server.client.device import THIS_DEVICE, Device
from rtc_server.client.http_posts import post_json
from rtc_server.client.learner import Learner
from rtc_server.client.options import LearnerOptions
from rtc_server.client.participant import Participant
from rtc_server.errors import SessionFailed

SEEN_SAMPLES = 3  # in a row that show somebody, before the lesson starts
RENEW_BEFORE_S = 5.0


class Television(Learner):
    """One session whose camera is a phone."""

    def __init__(
        self,
        options: LearnerOptions,
        device: Device = THIS_DEVICE,
        previous: Participant | None = None,
        *,
        on_pairing: Callable[[dict[str, Any]], None] = lambda _: None,
        filmed_by: CameraTrack | None = None,
    ) -> None:
        """:param on_pairing: called with each link and code, as the server sent them.
        :param filmed_by: the camera of another device, that films this screen.
        """
        super().__init__(options, device, previous)
        self._on_pairing = on_pairing
        self._filmed_by = filmed_by
        self._seen = 0
        self._is_ready = asyncio.Event()

    def _open_camera(self) -> CameraTrack | None:
        return None

    def _work(self, camera: CameraTrack | None) -> Sequence[Coroutine[Any, Any, None]]:
        return [*super()._work(camera or self._filmed_by), self._pair()]

    def _on_ready(self) -> None:
        self._is_ready.set()

    def _on_score(self, score: dict[str, Any]) -> None:
        super()._on_score(score)
        is_seen = any(joint[2] for joint in score["pose"])
        self._seen = self._seen + 1 if is_seen else 0
        if self._seen == SEEN_SAMPLES:
            self._start()

    async def _pair(self) -> None:
        """Get a link, and a new one whenever it ends, until the lesson starts."""
        await self._is_ready.wait()
        while not self._started:
            pairing = await self._open_pairing()
            self._on_pairing(pairing)
            await asyncio.sleep(max(1.0, pairing["expires_s"] - RENEW_BEFORE_S))

    async def _open_pairing(self) -> dict[str, Any]:
        """
        :raises SessionFailed: the server refused, or could not be reached.
        """
        url = f"{self._options.url.rstrip('/')}/api/sessions/{self.session}/pairings"
        status, answer = await post_json(url, headers=self._options.headers())
        if status != 201:
            raise SessionFailed(f"{url}: the server answers {status}: {answer}"[:300])
        return answer
