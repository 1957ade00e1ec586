"""A headless phone: it is the camera of somebody else's session, and nothing more."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urldefrag, urlsplit

from aiortc import RTCPeerConnection, RTCSessionDescription

from rtc_server import PROTOCOL, __version__
from rtc_server.client.cameras import CameraTrack, LentCamera
from rtc_server.client.clock_pings import ClockPings
from rtc_server.client.device import THIS_DEVICE, Device
from rtc_server.client.http_posts import post_json
from rtc_server.client.participant import BREAKS, MAX_UNREAD_MESSAGES, SILENCE_TIMEOUT_S
from rtc_server.errors import SessionFailed
from rtc_server.protocol.server_messages import to_json
from rtc_server.webrtc.aiortc_internals import build_configuration, set_bit_rate

CONNECT_TIMEOUT_S = 20.0
MAX_RECONNECTS = 4
FIRST_PAUSE_S, MAX_PAUSE_S = 1.0, 8.0  # before each try to come back


@dataclass(slots=True)
class PhoneOutcome:
    """What a phone was told."""

    reason: str | None = None  # of the end; None: the connection broke off
    summary: dict[str, Any] | None = None
    framings: int = 0
    reconnects: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)


def split_camera_link(link: str) -> tuple[str, str]:
    """The server's address and the secret in a link `https://HOST/camera#pair=…`.

    :raises SessionFailed: it is no such link.
    """
    address, fragment = urldefrag(link)
    parts = urlsplit(address)
    secret = parse_qs(fragment).get("pair", [""])[0]
    if not parts.netloc or not secret:
        raise SessionFailed(
            f"expected the link that a screen shows, http://HOST:PORT/camera#pair=…, got "
            f"{address[:60]!r} {'without a secret' if not secret else ''}".strip()
        )
    return f"{parts.scheme}://{parts.netloc}", secret


class PhoneCamera:
    """One phone; `follow` connects, and comes back when the connection breaks."""

    def __init__(
        self,
        url: str,
        pairing: str,
        camera: CameraTrack,
        device: Device = THIS_DEVICE,
        latency_ms: float = 0.0,
    ) -> None:
        """:param url: the server's address.
        :param pairing: the code or the secret.
        :param latency_ms: how late the camera is known to be.
        """
        self._url, self._pairing, self._camera = url, pairing, camera
        self._device, self._latency_ms = device, latency_ms
        self._pings = ClockPings(device.now)
        self._inbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._left = False
        self.id: str | None = None
        self.connection: RTCPeerConnection | None = None
        self._control: Any = None
        self.outcome = PhoneOutcome()

    async def follow(self, max_reconnects: int = MAX_RECONNECTS) -> PhoneOutcome:
        """Be the camera until the session ends.

        The screen's session may break off, too: the server then has none for this phone until the
        screen has come back.

        :raises SessionFailed: the server refused at first, or could not be reached.
        """
        try:
            await self._serve()
            for attempt in range(max_reconnects):
                if self._left or self.outcome.reason not in (None, *BREAKS):
                    break
                await asyncio.sleep(min(FIRST_PAUSE_S * 2**attempt, MAX_PAUSE_S))
                self.outcome.reconnects += 1
                with contextlib.suppress(SessionFailed):
                    await self._serve()
        finally:
            self._camera.stop()
        return self.outcome

    def leave(self) -> None:
        """Say goodbye; `follow` returns soon."""
        self._left = True
        self.send({"type": "bye"})

    def send(self, message: dict[str, Any]) -> None:
        if self._control is not None and self._control.readyState == "open":
            self._control.send(to_json(message))

    async def _serve(self) -> None:
        """One connection, from the offer to its end."""
        self.outcome.reason = None
        self.connection = RTCPeerConnection(build_configuration(self._device.ice_servers))
        try:
            await self._connect(self.connection)
            pinging = asyncio.create_task(self._send_pings())
            try:
                await self._handle_messages()
            finally:
                pinging.cancel()
        finally:
            await self.connection.close()

    async def _connect(self, connection: RTCPeerConnection) -> None:
        self._inbox = asyncio.Queue()
        self._control = connection.createDataChannel("control")
        opened = asyncio.Event()
        self._control.on("open", opened.set)
        self._control.on("message", self._on_text)
        self._control.on("close", lambda: self._inbox.put_nowait(None))
        connection.addTransceiver(LentCamera(self._camera), direction="sendonly")
        await connection.setLocalDescription(await connection.createOffer())
        answer = await self._post_offer(connection.localDescription.sdp)
        await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await opened.wait()
        except TimeoutError:
            raise SessionFailed(
                f"no connection to {self._url} within {CONNECT_TIMEOUT_S:.0f} s; "
                "does a firewall block UDP?"
            ) from None

    async def _post_offer(self, sdp: str) -> str:
        url = f"{self._url}/api/cameras"
        proof = {"pairing": self._pairing} if self.id is None else {"camera": self.id}
        body = {"sdp": sdp, "type": "offer", **proof}
        status, answer = await post_json(url, body)
        if status != 201:
            raise SessionFailed(f"{url}: the server answers {status}: {answer.get('detail')}")
        self.id = str(answer["id"])
        return str(answer["sdp"])

    async def _send_pings(self) -> None:
        while True:
            self.send(self._pings.next_ping())
            await asyncio.sleep(self._pings.interval_s)

    async def _handle_messages(self) -> None:
        self.send({"type": "hello", "protocol": PROTOCOL, "client": f"tandem-py/{__version__}"})
        if self._latency_ms:
            self.send({"type": "camera", "latency_ms": self._latency_ms})
        while (message := await self._next_message()) is not None:
            match message:
                case {"type": "welcome", "dancers": int(dancers)}:
                    self._film(dancers)
                case {"type": "pong"}:
                    self._pings.on_pong(message)
                case {"type": "framing"}:
                    self.outcome.framings += 1
                case {"type": "state", "state": "ended", "reason": reason}:
                    self.outcome.reason = reason
                case {"type": "summary"}:
                    self.outcome.summary = message
                case {"type": "error", "code": code}:
                    self._left |= code == "camera_replaced"
                    self.outcome.errors.append(message)
            self._device.on_message(message)

    def _film(self, dancers: int) -> None:
        self._camera.dancers = dancers
        if self.connection is not None:
            set_bit_rate(self.connection.getTransceivers()[0], self._camera.bit_rate)

    async def _next_message(self) -> dict[str, Any] | None:
        """None once the connection has ended, or nothing came for SILENCE_TIMEOUT_S."""
        try:
            async with asyncio.timeout(SILENCE_TIMEOUT_S):
                return await self._inbox.get()
        except TimeoutError:
            return None

    def _on_text(self, text: str | bytes) -> None:
        message = json.loads(text)
        if self._inbox.qsize() < MAX_UNREAD_MESSAGES:
            self._inbox.put_nowait(message)
