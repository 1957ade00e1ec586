"""A headless learner on aiortc: connects, sends a camera, follows a lesson, records every score."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from aiortc import (
    RTCPeerConnection,
    RTCSessionDescription,
)

from rtc_server import PROTOCOL, __version__
from rtc_server.client.cameras import CameraTrack, EchoCameraTrack, FileCameraTrack
from rtc_server.client.clock_pings import ClockPings
from rtc_server.client.options import LearnerOptions
from rtc_server.client.outcome import Outcome
from rtc_server.client.screen import Screen
from rtc_server.client.script import Script
from rtc_server.client.server_config import find_relay_problems
from rtc_server.errors import NothingToResume, SessionFailed
from rtc_server.ice_servers import IceServer
from rtc_server.protocol.server_messages import to_json
from rtc_server.webrtc.aiortc_internals import build_configuration

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 20.0
SILENCE_TIMEOUT_S = 6.0  # three pings without an answer: the session is lost
BREAKS = ("vanished", "lost", "failed", "replaced")  # reasons of an end that nobody asked for
MAX_UNREAD_MESSAGES = 256


class Learner:
    """One session from the offer to its end; `follow` does all of it."""

    def __init__(
        self,
        options: LearnerOptions,
        on_message: Callable[[dict[str, Any]], None] = lambda _: None,
        previous: Learner | None = None,
        ice_servers: Sequence[IceServer] = (),
    ) -> None:
        """:param on_message: called with every message of the server.
        :param previous: the learner whose session is to be resumed.
        :param ice_servers: STUN and TURN servers; aiortc uses the first of each.
        """
        self._options = options
        self._on_message = on_message
        self._now = time.monotonic
        self._ice_servers = ice_servers
        self._connection = RTCPeerConnection(build_configuration(ice_servers, options.relay_only))
        self._control = self._connection.createDataChannel("control")
        self._scores = self._connection.createDataChannel("scores", ordered=False, maxRetransmits=0)
        self._inbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._pings = ClockPings(self._now)
        self._started = False
        self._script: Script = previous._script if previous else Script(options.script)
        self._state_received = asyncio.Event()
        self._resume = previous.session if previous else None
        self.session: str | None = None
        self.outcome: Outcome = previous.outcome if previous else Outcome(options.lesson)
        self._screen = Screen(self._now, self.outcome, self._send)

    async def follow(self) -> Outcome:
        """Take part in the whole lesson.

        :raises SessionFailed: the server refused, or could not be reached.
        :raises BadVideo: the camera's file cannot be played.
        """
        began_s = self._now()
        camera = self._open_camera()
        try:
            names = self._add_transceivers(camera)
            await self._connect()
            self._note_connected(round((self._now() - began_s) * 1000, 1))
            async with asyncio.TaskGroup() as tasks:
                transceivers = self._connection.getTransceivers()[1:]
                receivers = [transceiver.receiver for transceiver in transceivers]
                work = [
                    *map(self._screen.receive, names, receivers),
                    self._screen.present(receivers[0], camera),
                    self._send_pings(),
                    self._send_script(),
                ]
                jobs = [tasks.create_task(job) for job in work]
                await self._handle_messages()
                for job in jobs:
                    job.cancel()
        finally:
            camera.stop()
            await self._connection.close()
        return self.outcome

    def leave(self) -> None:
        """Say goodbye to the server; `follow` returns soon."""
        if self._control.readyState == "open":
            self._send({"type": "bye"})

    def _note_connected(self, connect_ms: float) -> None:
        """Record a new connection in the outcome; its end is not known yet."""
        outcome = self.outcome
        if outcome.connect_ms is None:
            outcome.connect_ms = connect_ms
        else:
            outcome.reconnects += 1
        outcome.ended, outcome.reason, outcome.summary = "unclean", None, None

    def _open_camera(self) -> CameraTrack:
        if self._options.camera == "instructor":
            return EchoCameraTrack(self._now, self._options.echo_delay_ms / 1000)
        return FileCameraTrack(Path(self._options.camera), self._now)

    def _add_transceivers(self, camera: CameraTrack) -> list[str]:
        """Offer the webcam, and to receive the instructor's video and audio.

        :return: the names of the received tracks, in their order.
        """
        self._connection.addTransceiver(camera, direction="sendonly")
        names = ["video", "audio"] + (["annotated"] if self._options.annotated else [])
        for name in names:
            kind = "audio" if name == "audio" else "video"
            self._connection.addTransceiver(kind, direction="recvonly")
        return names

    async def _connect(self) -> None:
        opened = asyncio.Event()

        def on_open() -> None:
            if self._control.readyState == self._scores.readyState == "open":
                opened.set()

        for channel in (self._control, self._scores):
            channel.on("open", on_open)
            channel.on("message", self._on_channel_message)
        self._control.on("close", self._on_disconnect)
        self._connection.on("connectionstatechange", self._on_connection_state)
        await self._connection.setLocalDescription(await self._connection.createOffer())
        answer = await self._post_offer(self._connection.localDescription.sdp)
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await opened.wait()
        except TimeoutError:
            problems = await find_relay_problems(self._ice_servers)
            reason = "; ".join(problems) or "does a firewall block UDP?"
            raise SessionFailed(
                f"no connection to {self._options.url} within {CONNECT_TIMEOUT_S:.0f} s; {reason}"
            ) from None

    async def _post_offer(self, sdp: str) -> str:
        """Send the offer and return the answer's SDP."""
        options = self._options
        body = {
            **{"sdp": sdp, "type": "offer", "lesson": options.lesson},
            **{"mirror": options.mirror, "annotated": options.annotated, "resume": self._resume},
            "learner": options.learner,
        }
        url = options.url.rstrip("/") + "/api/sessions"
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(CONNECT_TIMEOUT_S)) as http,
                http.post(url, json=body, headers=options.headers()) as response,
            ):
                answer = await response.json(content_type=None)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
            raise SessionFailed(f"{options.url}: expected an address as http://HOST:PORT") from None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            message = str(error) or type(error).__name__
            raise SessionFailed(f"{url}: expected an answer, got none: {message}") from error
        if response.status != 201:
            gone = self._resume is not None and answer.get("code") == "unknown_session"
            kind = NothingToResume if gone else SessionFailed
            raise kind(f"{url}: the server answers {response.status}: {answer.get('detail')}")
        self.session = str(answer["id"])
        return str(answer["sdp"])

    async def _handle_messages(self) -> None:
        self._send({"type": "hello", "protocol": PROTOCOL, "client": f"tandem-py/{__version__}"})
        if latency_ms := self._options.camera_latency_ms:
            self._send({"type": "camera", "latency_ms": latency_ms})
        outcome = self.outcome
        async for message in self._messages():
            match message:
                case {"type": "state"}:
                    self._on_state(message)
                case {"type": "pong"}:
                    self._pings.on_pong(message)
                case {"type": "score"}:
                    outcome.scores.append(message)
                case {"type": "summary"}:
                    outcome.summary = message
                case {"type": "error"}:
                    outcome.errors.append(message)
            self._on_message(message)
        if outcome.reason not in (None, *BREAKS) and outcome.summary is not None:
            outcome.ended = "clean"

    def _on_state(self, state: dict[str, Any]) -> None:
        self._script.on_state(self._now(), state)
        self._state_received.set()
        self._screen.set_playing(state["state"] == "playing")
        if state["state"] == "ready" and not self._started:
            self._started = True
            if self._options.rate != 1.0:
                self._send({"type": "rate", "rate": self._options.rate})
            self._send({"type": "start"})
        elif state["state"] == "ended":
            self.outcome.reason = state.get("reason")

    async def _send_script(self) -> None:
        """Send the script's messages, each at its lesson position."""
        while not self._script.done:
            due_s = self._script.due_s()
            self._state_received.clear()
            try:
                async with asyncio.timeout(None if due_s is None else due_s - self._now()):
                    await self._state_received.wait()
            except TimeoutError:
                self._send(self._script.take())

    async def _send_pings(self) -> None:
        while True:
            self._send(self._pings.next_ping())
            await asyncio.sleep(self._pings.interval_s)

    async def _messages(self) -> AsyncIterator[dict[str, Any]]:
        """Messages until the server closes the channel, or sends none for SILENCE_TIMEOUT_S."""
        while True:
            try:
                async with asyncio.timeout(SILENCE_TIMEOUT_S):
                    message = await self._inbox.get()
            except TimeoutError:
                return
            if message is None:
                return
            yield message

    def _send(self, message: Mapping[str, Any]) -> None:
        if self._control.readyState == "open":
            self._control.send(to_json(message))

    def _on_channel_message(self, text: str | bytes) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            logger.warning("not JSON from the server: %r", text[:80])
            return
        if not isinstance(message, dict) or self._inbox.qsize() >= MAX_UNREAD_MESSAGES:
            self.outcome.messages_lost += 1
        else:
            self._inbox.put_nowait(message)

    def _on_disconnect(self) -> None:
        if self._inbox.qsize() <= MAX_UNREAD_MESSAGES:
            self._inbox.put_nowait(None)

    def _on_connection_state(self) -> None:
        if self._connection.connectionState in ("closed", "failed"):
            self._on_disconnect()
