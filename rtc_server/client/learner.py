"""A headless learner on aiortc: connects, shows a camera, follows a lesson, keeps every score."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)

from rtc_server import PROTOCOL, __version__
from rtc_server.client.cameras import Camera, EchoCamera, FileCamera
from rtc_server.client.outcome import Outcome, Wish
from rtc_server.client.screen import Screen
from rtc_server.client.script import Script
from rtc_server.errors import NothingToResume, SessionFailed
from rtc_server.protocol.server_messages import to_json

__all__ = ["Learner", "Outcome", "Wish"]

logger = logging.getLogger(__name__)

CONNECT_S = 20.0
QUIET_S = 6.0  # without a word from the server, three pings unanswered: the session is lost
BROKEN_OFF = ("vanished", "lost", "failed", "replaced")  # ends that nobody meant
FIRST_PINGS, PING_EVERY_S = 8, 2.0
WAITING_MESSAGES = 256
LOOKS = 5  # at the clocks, until they were read together


class Learner:
    """One session from the offer to the end; `follow` does it all."""

    def __init__(
        self,
        wish: Wish,
        hear: Callable[[dict[str, Any]], None] = lambda _: None,
        former: Learner | None = None,
    ) -> None:
        """:param hear: is told of every message of the server, for progress.
        :param former: the learner whose connection broke off, to go on for.
        """
        self._wish = wish
        self._hear = hear
        self._now = time.monotonic
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._control = self._connection.createDataChannel("control")
        self._scores = self._connection.createDataChannel("scores", ordered=False, maxRetransmits=0)
        self._inbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._rtt_ms: float | None = None
        self._started = False
        self._script: Script = former._script if former else Script(wish.acts)
        self._stated = asyncio.Event()
        self._resume = former.session if former else None
        self.session: str | None = None
        self.outcome: Outcome = former.outcome if former else Outcome(wish.lesson)
        self._screen = Screen(self._now, self.outcome, self._say)

    async def follow(self) -> Outcome:
        """Take part in the whole lesson.

        :raises SessionFailed: the server refused, or could not be reached.
        :raises BadVideo: the camera's file cannot be played.
        """
        began_s = self._now()
        camera = self._open_camera()
        try:
            lines = self._lines(camera)
            await self._connect()
            self._begin(round((self._now() - began_s) * 1000, 1))
            async with asyncio.TaskGroup() as tasks:
                receivers = [its.receiver for its in self._connection.getTransceivers()[1:]]
                work = [
                    *map(self._screen.watch, lines, receivers),
                    self._screen.present(receivers[0], camera),
                ]
                jobs = [tasks.create_task(job) for job in (*work, self._ping(), self._act())]
                await self._take_part()
                for job in jobs:
                    job.cancel()
        finally:
            camera.stop()
            await self._connection.close()
        return self.outcome

    def _begin(self, connect_ms: float) -> None:
        """Note that a part begins, whose end is not known yet."""
        its = self.outcome
        if its.connect_ms is None:
            its.connect_ms = connect_ms
        else:
            its.reconnects += 1
        its.ended, its.reason, its.summary = "unclean", None, None

    def leave(self) -> None:
        """Say goodbye; `follow` returns soon."""
        if self._control.readyState == "open":
            self._say({"type": "bye"})

    def _open_camera(self) -> Camera:
        if self._wish.camera == "instructor":
            return EchoCamera(self._now, self._wish.echo_delay_ms / 1000)
        return FileCamera(Path(self._wish.camera), self._now)

    def _lines(self, camera: Camera) -> list[str]:
        """Offer: webcam up, instructor's video and sound down; names of what comes down."""
        self._connection.addTransceiver(camera, direction="sendonly")
        down = ["video", "audio"] + (["annotated"] if self._wish.annotated else [])
        for name in down:
            kind = "audio" if name == "audio" else "video"
            self._connection.addTransceiver(kind, direction="recvonly")
        return down

    async def _connect(self) -> None:
        opened = asyncio.Event()

        def on_open() -> None:
            if self._control.readyState == self._scores.readyState == "open":
                opened.set()

        for channel in (self._control, self._scores):
            channel.on("open", on_open)
            channel.on("message", self._on_message)
        self._control.on("close", self._on_gone)
        self._connection.on("connectionstatechange", self._on_state)
        await self._connection.setLocalDescription(await self._connection.createOffer())
        answer = await self._exchange(self._connection.localDescription.sdp)
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        try:
            async with asyncio.timeout(CONNECT_S):
                await opened.wait()
        except TimeoutError:
            raise SessionFailed(
                f"no connection to {self._wish.url} within {CONNECT_S:.0f} s; is UDP let through?"
            ) from None

    async def _exchange(self, sdp: str) -> str:
        wish = self._wish
        body = {
            **{"sdp": sdp, "type": "offer", "lesson": wish.lesson},
            **{"mirror": wish.mirror, "annotated": wish.annotated, "resume": self._resume},
            "learner": wish.learner,
        }
        url = wish.url.rstrip("/") + "/api/sessions"
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(CONNECT_S)) as http,
                http.post(url, json=body) as response,
            ):
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            said = str(error) or type(error).__name__
            raise SessionFailed(f"{url}: expected an answer, got none: {said}") from error
        if response.status != 201:
            lost = self._resume is not None and answer.get("code") == "unknown_session"
            kind = NothingToResume if lost else SessionFailed
            raise kind(f"{url}: the server says {response.status}: {answer.get('detail')}")
        self.session = str(answer["id"])
        return str(answer["sdp"])

    async def _take_part(self) -> None:
        self._say({"type": "hello", "protocol": PROTOCOL, "client": f"tandem-py/{__version__}"})
        if self._wish.camera_ms:
            self._say({"type": "camera", "latency_ms": self._wish.camera_ms})
        async for message in self._heard():
            match message:
                case {"type": "state"}:
                    self._hear_state(message)
                case {"type": "pong"}:
                    self._rtt(message)
                case {"type": "score"}:
                    self.outcome.scores.append(message)
                case {"type": "summary"}:
                    self.outcome.summary = message
                case {"type": "error"}:
                    self.outcome.errors.append(message)
            self._hear(message)
        its = self.outcome
        if its.reason not in (None, *BROKEN_OFF) and its.summary is not None:
            its.ended = "clean"

    def _hear_state(self, state: dict[str, Any]) -> None:
        self._script.hear(self._now(), state)
        self._stated.set()
        self._screen.run(state["state"] == "playing")
        if state["state"] == "ready" and not self._started:
            self._started = True
            if self._wish.rate != 1.0:
                self._say({"type": "rate", "rate": self._wish.rate})
            self._say({"type": "start"})
        elif state["state"] == "ended":
            self.outcome.reason = state.get("reason")

    async def _act(self) -> None:
        """Do what the script says, each thing at its place in the lesson."""
        while not self._script.done:
            due_s = self._script.due_s()
            self._stated.clear()
            try:
                async with asyncio.timeout(None if due_s is None else due_s - self._now()):
                    await self._stated.wait()
            except TimeoutError:
                self._say(self._script.next())

    async def _heard(self) -> AsyncIterator[dict[str, Any]]:
        """Messages until the server closes the channel, or says nothing for QUIET_S."""
        while True:
            try:
                async with asyncio.timeout(QUIET_S):
                    message = await self._inbox.get()
            except TimeoutError:
                return
            if message is None:
                return
            yield message

    async def _ping(self) -> None:
        sent = 0
        while True:
            t0_ms, wall_ms = two_clocks_ms(self._now)
            ping: dict[str, Any] = {"type": "ping", "t0_ms": t0_ms, "wall_ms": wall_ms}
            if self._rtt_ms is not None:
                ping["rtt_ms"] = round(self._rtt_ms, 2)
            self._say(ping)
            sent += 1
            await asyncio.sleep(0.05 if sent < FIRST_PINGS else PING_EVERY_S)

    def _rtt(self, pong: dict[str, Any]) -> None:
        there_ms = self._now() * 1000 - pong["t0_ms"] - (pong["t2_ms"] - pong["t1_ms"])
        self._rtt_ms = there_ms if self._rtt_ms is None else min(self._rtt_ms, there_ms)

    def _say(self, message: Mapping[str, Any]) -> None:
        if self._control.readyState == "open":
            self._control.send(to_json(message))

    def _on_message(self, text: str | bytes) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            logger.warning("not JSON from the server: %r", text[:80])
            return
        if not isinstance(message, dict) or self._inbox.qsize() >= WAITING_MESSAGES:
            self.outcome.messages_lost += 1
        else:
            self._inbox.put_nowait(message)

    def _on_gone(self) -> None:
        if self._inbox.qsize() <= WAITING_MESSAGES:
            self._inbox.put_nowait(None)

    def _on_state(self) -> None:
        if self._connection.connectionState in ("closed", "failed"):
            self._on_gone()


def two_clocks_ms(now: Callable[[], float]) -> tuple[float, float]:
    """The monotonic and the wall clock (Unix time) at one moment, within a tenth of a millisecond.

    The thread may be interrupted between two looks at a clock; then it looks again.
    """
    for _ in range(LOOKS):
        before_s, wall_s, after_s = now(), time.time(), now()
        if after_s - before_s < 1e-4:
            break
    return (before_s + after_s) * 500, wall_s * 1000
