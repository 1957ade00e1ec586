"""A headless learner on aiortc: connects, shows a camera, follows a lesson, keeps every score."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import av
import numpy as np
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from rtc_server import PROTOCOL, __version__, insides, messages
from rtc_server.cameras import Camera, EchoCamera, FileCamera
from rtc_server.errors import SessionFailed
from rtc_server.jitter import FrameBuffer
from rtc_server.keyframes import KeyFrameGate

logger = logging.getLogger(__name__)

CONNECT_S = 20.0
QUIET_S = 20.0  # without a word from the server the session counts as lost
FIRST_PINGS, PING_EVERY_S = 8, 2.0
PLAYHEAD_EVERY_S = 0.1
WAITING_MESSAGES = 256
LOOKS = 5  # at the clocks, until they were read together


@dataclass(frozen=True, slots=True)
class Wish:
    """What the learner wants."""

    url: str
    lesson: str
    camera: str  # a file, or "instructor"
    echo_delay_ms: float = 0.0
    mirror: str = "auto"
    annotated: bool = False


@dataclass(slots=True)
class Outcome:
    """What came of it; `report` is the file that `--report` writes."""

    lesson: str
    ended: str = "unclean"
    reason: str | None = None
    connect_ms: float | None = None
    scores: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    frames: int = 0  # of the instructor, decoded
    sound_frames: int = 0
    annotated_frames: int = 0
    messages_lost: int = 0

    def report(self) -> dict[str, Any]:
        return {
            "lesson": self.lesson,
            "ended": self.ended,
            "reason": self.reason,
            "scores": self.scores,
            "summary": self.summary,
            "errors": self.errors,
            "stats": {
                "connect_ms": self.connect_ms,
                "received": len(self.scores),
                "age_ms": self._percentiles("age_ms"),
                "skew_ms": self._percentiles("skew_ms"),
                "instructor_frames": self.frames,
                "sound_frames": self.sound_frames,
                "annotated_frames": self.annotated_frames,
                "messages_lost": self.messages_lost,
            },
        }

    def _percentiles(self, name: str) -> dict[str, float | None]:
        values = [abs(s[name]) for s in self.scores if s.get(name) is not None]
        if not values:
            return {"p50": None, "p95": None}
        p50, p95 = np.percentile(values, (50, 95))
        return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}


class Learner:
    """One session from the offer to the end; `follow` does it all."""

    def __init__(self, wish: Wish, hear: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
        """:param hear: is told of every message of the server, for progress."""
        self._wish = wish
        self._hear = hear
        self._now = time.monotonic
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._control = self._connection.createDataChannel("control")
        self._scores = self._connection.createDataChannel("scores", ordered=False, maxRetransmits=0)
        self._inbox: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._rtt_ms: float | None = None
        self._presented = 0
        self._playhead_s = 0.0
        self.outcome = Outcome(wish.lesson)

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
            self.outcome.connect_ms = round((self._now() - began_s) * 1000, 1)
            async with asyncio.TaskGroup() as tasks:
                work = [self._watch(name, camera) for name in lines]
                jobs = [tasks.create_task(job) for job in (*work, self._ping())]
                await self._take_part()
                for job in jobs:
                    job.cancel()
        finally:
            camera.stop()
            await self._connection.close()
        return self.outcome

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
            **{"mirror": wish.mirror, "annotated": wish.annotated},
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
            raise SessionFailed(f"{url}: the server says {response.status}: {answer.get('detail')}")
        return str(answer["sdp"])

    async def _take_part(self) -> None:
        self._say({"type": "hello", "protocol": PROTOCOL, "client": f"tandem-py/{__version__}"})
        async for message in self._heard():
            match message:
                case {"type": "state", "state": "ready"}:
                    self._say({"type": "start"})
                case {"type": "state", "state": "ended"}:
                    self.outcome.reason = message.get("reason")
                case {"type": "pong"}:
                    self._rtt(message)
                case {"type": "score"}:
                    self.outcome.scores.append(message)
                case {"type": "summary"}:
                    self.outcome.summary = message
                case {"type": "error"}:
                    self.outcome.errors.append(message)
            self._hear(message)
        if self.outcome.reason is not None and self.outcome.summary is not None:
            self.outcome.ended = "clean"

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

    async def _watch(self, name: str, camera: Camera) -> None:
        """Look at (or listen to) one incoming track as long as it comes."""
        line = 1 + ("video", "audio", "annotated").index(name)
        receiver = self._connection.getTransceivers()[line].receiver
        if name != "audio":
            buffer, gate = FrameBuffer(self._now), KeyFrameGate(self._now)
            insides.replace_receive_buffer(receiver, buffer, gate)
        try:
            while True:
                frame = await receiver.track.recv()
                if name == "audio":
                    self.outcome.sound_frames += 1
                elif name == "annotated":
                    self.outcome.annotated_frames += 1
                elif isinstance(frame, av.VideoFrame):
                    self._show(receiver, frame, camera)
        except MediaStreamError:
            return

    def _show(self, receiver: RTCRtpReceiver, frame: av.VideoFrame, camera: Camera) -> None:
        """The frame is "on the screen" as soon as it is decoded."""
        self.outcome.frames += 1
        self._presented += 1
        now_s = self._now()
        if now_s - self._playhead_s >= PLAYHEAD_EVERY_S:
            self._playhead_s = now_s
            rtp = insides.wire_timestamp(receiver, frame.pts or 0)
            self._say(
                {
                    **{"type": "playhead", "rtp": rtp, "shown_ms": now_s * 1000},
                    "presented": self._presented,
                }
            )
        if isinstance(camera, EchoCamera):
            camera.show(frame)

    def _say(self, message: dict[str, Any]) -> None:
        if self._control.readyState == "open":
            self._control.send(messages.to_json(message))

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
