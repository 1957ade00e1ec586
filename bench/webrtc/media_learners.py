"""Learners for `media_cost.py`: what goes over the wire is real, nothing is drawn."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Sequence
from fractions import Fraction
from multiprocessing.connection import Connection
from typing import Any

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from lockstep import Led, LockstepLoop

FPS, BIT_RATE = 10, 300_000  # of a webcam, as the page sends it
SIZE, FRAMES, DETAIL = (640, 480), 60, 28
VIDEO_HZ = 90_000
PLAYHEAD_EVERY_S, PING_EVERY = 0.1, 20  # a ping is sent with every twentieth report
JITTER_BUFFER = "_RTCRtpReceiver__jitter_buffer"


def run_learners(count: int, leader: Connection) -> None:
    """Connect this many and follow the leader's clock until it hangs up."""
    film = encode_film()
    loop = LockstepLoop()
    led = Led(loop, leader)
    with contextlib.suppress(EOFError):
        loop.run_until_complete(follow(count, led, film))


async def follow(count: int, led: Led, film: Sequence[bytes]) -> None:
    answered: dict[int, asyncio.Future[str]] = {}

    def on_answer(answer: tuple[int, str]) -> None:
        answered[answer[0]].set_result(answer[1])

    led.on_answer = on_answer
    learners = [WireLearner(led, film) for _ in range(count)]
    for number, learner in enumerate(learners):
        answered[number] = asyncio.get_running_loop().create_future()
        led.news.append((number, await learner.offer()))
        await learner.connect(await answered[number])
    await asyncio.Event().wait()


def encode_film() -> list[bytes]:
    """A moving pattern as VP8; it begins with a key frame, and then begins again."""
    encoder: Any = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height = SIZE
    encoder.pix_fmt, encoder.bit_rate = "yuv420p", BIT_RATE
    encoder.framerate, encoder.time_base = Fraction(FPS), Fraction(1, FPS)
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    noise = np.random.default_rng(1).integers(60, 200, (DETAIL, DETAIL), np.uint8)
    noise = noise.repeat(8, 0).repeat(8, 1)
    packets = []
    for k in range(FRAMES):
        image = np.full((SIZE[1], SIZE[0]), 128, np.uint8)
        at = round((SIZE[0] - noise.shape[1]) * abs(1 - 2 * k / FRAMES))
        image[: noise.shape[0], at : at + noise.shape[1]] = noise
        frame = av.VideoFrame.from_ndarray(image, "gray").reformat(format="yuv420p")
        frame.pts, frame.time_base = k, Fraction(1, FPS)
        packets += encoder.encode(frame)
    return [bytes(packet) for packet in packets + encoder.encode(None)]


class EncodedCamera(MediaStreamTrack):
    """Sends the film again and again."""

    kind = "video"

    def __init__(self, led: Led, film: Sequence[bytes]) -> None:
        super().__init__()
        self._led = led
        self._frames = enumerate(itertools.cycle(film))
        self._loop = asyncio.get_running_loop()
        self._began_s: float | None = None

    async def recv(self) -> Any:
        if self._began_s is None:
            self._began_s = self._loop.time()
        k, data = next(self._frames)
        await asyncio.sleep(max(0.0, self._began_s + k / FPS - self._loop.time()))
        packet: Any = av.Packet(data)
        packet.pts, packet.time_base = k * VIDEO_HZ // FPS, Fraction(1, VIDEO_HZ)
        self._led.frames += 1
        return packet


class _NoBuffer:
    """Takes the place of a jitter buffer: packets are decrypted, counted and dropped."""

    def add(self, _: Any) -> tuple[bool, None]:
        return False, None


class WireLearner:
    """One connection, with what a page sends in a lesson."""

    def __init__(self, led: Led, film: Sequence[bytes]) -> None:
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._control = self._connection.createDataChannel("control")
        self._connection.createDataChannel("scores", ordered=False, maxRetransmits=0)
        self._opened = asyncio.Event()
        self._control.on("open", self._opened.set)
        self._connection.addTransceiver(EncodedCamera(led, film), direction="sendonly")
        for kind in ("video", "audio"):
            receiver = self._connection.addTransceiver(kind, direction="recvonly").receiver
            setattr(receiver, JITTER_BUFFER, _NoBuffer())
        self._reporting: asyncio.Task[None] | None = None

    async def offer(self) -> str:
        await self._connection.setLocalDescription(await self._connection.createOffer())
        return str(self._connection.localDescription.sdp)

    async def connect(self, answer: str) -> None:
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await self._opened.wait()
        self._reporting = asyncio.create_task(self._report())

    async def _report(self) -> None:
        """Say what is on the screen, and what the time is."""
        for k in itertools.count():
            now_ms = round(1000 * asyncio.get_running_loop().time(), 1)
            report = {"rtp": 2**31 + k, "shown_ms": now_ms, "presented": k, "via": "frame"}
            self._control.send(json.dumps({"type": "playhead", **report, "sent_ms": now_ms}))
            if k % PING_EVERY == 0:
                ping = {"type": "ping", "t0_ms": now_ms, "wall_ms": now_ms, "rtt_ms": 20.0}
                self._control.send(json.dumps(ping))
            await asyncio.sleep(PLAYHEAD_EVERY_S)
