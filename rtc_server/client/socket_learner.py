"""A headless learner without WebRTC: pictures and messages over a WebSocket, the lesson by HTTP."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import av
import cv2
from aiortc.mediastreams import MediaStreamError

from rtc_server.client.cameras import CameraTrack
from rtc_server.client.device import THIS_DEVICE, Device
from rtc_server.client.http_posts import describe_failure
from rtc_server.client.lesson_film import LessonFilm
from rtc_server.client.lesson_screen import LessonScreen
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import NothingToResume
from rtc_server.client.participant import Participant
from rtc_server.errors import BadMessage, SessionFailed
from rtc_server.protocol.pictures import (
    WebcamPicture,
    parse_annotated_picture,
    write_webcam_picture,
)

CONNECT_TIMEOUT_S = 20.0
PICTURES_PER_S = 5
EARLY_S = 0.02  # cameras are not exact
QUALITY = 80  # of JPEG, up to 100
MAX_MESSAGE_BYTES = 1 << 20
PART_BYTES = 1 << 18
MAX_UNSENT = 256


class SocketLearner(Participant):
    """One session over a WebSocket, from the handshake to its end."""

    def __init__(
        self,
        options: LearnerOptions,
        device: Device = THIS_DEVICE,
        previous: Participant | None = None,
    ) -> None:
        super().__init__(options, device, previous)
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._film: LessonFilm | None = None
        self._screen = LessonScreen(self._now, self.outcome)
        self._unsent: asyncio.Queue[str] = asyncio.Queue(MAX_UNSENT)

    async def _connect(self, camera: CameraTrack | None) -> None:  # noqa: ARG002 - its pictures are sent by `_work`
        """Fetch the lesson's video, then begin the session."""
        url = self._options.url.rstrip("/")
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S)
        self._http = http = aiohttp.ClientSession(timeout=timeout, headers=self._options.headers())
        self._folder = tempfile.TemporaryDirectory(prefix="tandem-lesson-")
        video = Path(self._folder.name) / "video"
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                self._socket = await self._begin(http, url)
            await _fetch(http, f"{url}/api/lessons/{self._options.lesson}/video", video)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise SessionFailed(f"{url}: expected an address as http://HOST:PORT") from None
        except aiohttp.WSServerHandshakeError as error:
            raise SessionFailed(
                f"{url}: expected a WebSocket, the server answers {error.status}"
            ) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SessionFailed(describe_failure(url, error)) from error
        self._film = await asyncio.to_thread(LessonFilm, video)

    async def _begin(
        self, http: aiohttp.ClientSession, url: str
    ) -> aiohttp.ClientWebSocketResponse:
        """Open the WebSocket; the first answer shows whether there is a session.

        :raises SessionFailed: the server refuses.
        """
        options = self._options
        wishes = {
            **{"lesson": options.lesson, "mirror": options.mirror},
            "annotated": "true" if options.annotated else "false",
            "learner": options.learner,
            "resume": self._resume,
            "dancers": options.dancers,
        }
        query = {name: value for name, value in wishes.items() if value is not None}
        socket = await http.ws_connect(
            f"{url}/api/sessions/ws", params=query, max_msg_size=MAX_MESSAGE_BYTES
        )
        await socket.send_json(self._pings.next_ping())
        first = await socket.receive()
        if first.type is not aiohttp.WSMsgType.TEXT:
            raise SessionFailed(f"{url}: expected a message, the server closed the WebSocket")
        answer = first.json()
        if answer.get("type") == "error":
            gone = self._resume is not None and answer.get("code") == "unknown_session"
            kind = NothingToResume if gone else SessionFailed
            raise kind(f"{url}: the server refuses: {answer.get('message')}")
        self._on_text(first.data)
        return socket

    def _work(self, camera: CameraTrack | None) -> Sequence[Coroutine[Any, Any, None]]:
        assert camera is not None  # a screen without one needs WebRTC
        assert self._film is not None
        return [
            self._receive(),
            self._send_messages(),
            self._screen.present(self._film, camera),
            self._send_pictures(camera),
        ]

    async def _disconnect(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._http is not None:
            await self._http.close()
        if self._film is not None:
            await asyncio.to_thread(self._film.close)
        if self._folder is not None:
            await asyncio.to_thread(self._folder.cleanup)

    def _send_text(self, text: str) -> None:
        if self._unsent.full():
            self.outcome.messages_lost += 1
        else:
            self._unsent.put_nowait(text)

    def _show_state(self, state: Mapping[str, Any]) -> None:
        self._screen.on_state(state)

    async def _receive(self) -> None:
        assert self._socket is not None
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._on_text(message.data)
            elif message.type is aiohttp.WSMsgType.BINARY:
                self._count_annotated(message.data)
        self._on_disconnect()

    def _count_annotated(self, data: bytes) -> None:
        try:
            parse_annotated_picture(data)
            self.outcome.annotated_frames += 1
        except BadMessage:
            self.outcome.messages_lost += 1

    async def _send_messages(self) -> None:
        assert self._socket is not None
        try:
            while True:
                await self._socket.send_str(await self._unsent.get())
        except ConnectionError:
            pass  # receiving ends, too

    async def _send_pictures(self, camera: CameraTrack) -> None:
        """Send PICTURES_PER_S of the camera, each with what the screen showed then."""
        assert self._socket is not None
        due_s = self._now()
        try:
            while True:
                frame = await camera.recv()
                assert isinstance(frame, av.VideoFrame)
                captured_s = camera.captured_s(frame)
                if captured_s < due_s - EARLY_S:
                    continue
                due_s = max(due_s + 1 / PICTURES_PER_S, captured_s)
                jpeg = await asyncio.to_thread(write_jpeg, frame)
                await self._socket.send_bytes(self._picture_of(captured_s, jpeg))
        except (ConnectionError, MediaStreamError):
            pass  # receiving ends, too, or the camera has ended

    def _picture_of(self, captured_s: float, jpeg: bytes) -> bytes:
        shown = self._screen.clock.position_at(captured_s)
        return write_webcam_picture(
            WebcamPicture(
                captured_ms=captured_s * 1000,
                sent_ms=self._now() * 1000,
                lesson_s=None if shown is None else shown.lesson_s,
                rate=0.0 if shown is None else shown.rate,
                jpeg=jpeg,
            )
        )


async def _fetch(http: aiohttp.ClientSession, url: str, path: Path) -> None:
    """Fetch a file in parts, which do not fill the memory.

    :raises SessionFailed: there is none.
    """
    async with http.get(url) as response:
        if response.status != 200:
            raise SessionFailed(f"{url}: expected the video, got {response.status}")
        with path.open("wb") as file:
            async for part in response.content.iter_chunked(PART_BYTES):
                await asyncio.to_thread(file.write, part)


def write_jpeg(frame: av.VideoFrame) -> bytes:
    """The frame as a JPEG picture."""
    image = frame.to_ndarray(format="bgr24")
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])
