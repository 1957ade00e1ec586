"""The instructor's video and sound as outgoing tracks: encoded once, paced by the lesson's clock.

`recv()` returns `av.Packet`s, which aiortc packetises without encoding. Wire timestamps follow
the server's monotonic clock, so they never go back, whatever the lesson does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

import av
from aiortc import MediaStreamTrack, RTCRtpSender
from aiortc.mediastreams import MediaStreamError

from rtc_server import insides
from rtc_server.clock import LessonClock
from rtc_server.playhead import RTP_WRAP, SentFrame, SentFrames
from rtc_server.renditions import Rendition

EncodedPacket: TypeAlias = "av.Packet[Any]"

VIDEO_HZ = 90_000
VIDEO_TIME_BASE = Fraction(1, VIDEO_HZ)
SOUND_HZ = 48_000
SOUND_TIME_BASE = Fraction(1, SOUND_HZ)
SOUND_STEP = 960  # samples of SOUND_HZ in a packet
SOUND_STEP_S = SOUND_STEP / SOUND_HZ
STILL_EVERY_S = 0.5  # how often a standing picture is sent again, for whoever missed it
FAR_BEHIND_S = 1.0
JOINED_S = 0.1  # a next frame this near goes on without a key frame
SILENCE = b"\xf8\xff\xfe"  # Opus, 20 ms stereo, RFC 6716: CELT full band, nothing coded


class Player:
    """What the tracks share: the lesson's clock, and word of its changes."""

    def __init__(self, duration_s: float, now: Callable[[], float]) -> None:
        self.now = now
        self.began_s = now()
        self.clock = LessonClock(duration_s, self.began_s)
        self._changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def position_s(self) -> float:
        return self.clock.position_s(self.now())

    def play(self) -> None:
        self.clock.play(self.now())
        self._tell()

    def pause(self) -> None:
        self.clock.pause(self.now())
        self._tell()

    def seek(self, lesson_s: float) -> None:
        self.clock.seek(self.now(), lesson_s)
        self._tell()

    async def until(self, when_s: float) -> bool:
        """Wait for a time of the server's clock; False where the lesson's clock changed first."""
        delay_s = when_s - self.now()
        if delay_s <= 0:
            return True
        done, _ = await asyncio.wait({self._changed}, timeout=delay_s)
        return not done

    async def until_over(self) -> None:
        """Return when the lesson has been played to its end."""
        while not (self.clock.playing and self.position_s >= self.clock.duration_s):
            if self.clock.playing:
                await self.until(self.clock.due_s(self.clock.duration_s))
            else:
                await self.until_changed()

    async def until_changed(self) -> None:
        """Wait for a play, pause or seek."""
        await asyncio.wait({self._changed})

    def _tell(self) -> None:
        self._changed.set_result(None)
        self._changed = asyncio.get_running_loop().create_future()


class InstructorVideo(MediaStreamTrack):
    """The lesson's picture as encoded frames.

    While the lesson stands still before it began, or after a jump, the nearest key frame is sent
    every second, so that there is a picture; after a pause it goes on with the next frame.
    """

    kind = "video"

    def __init__(self, player: Player, sent: SentFrames) -> None:
        super().__init__()
        self.rendition: Rendition | None = None  # known once a codec is agreed
        self.sender: RTCRtpSender | None = None
        self._player = player
        self._sent = sent
        self._run = -1
        self._next = 0
        self._follows = False  # the picture on screen is the one before `_next`
        self._still_s = 0.0
        self._last_pts = -1

    async def recv(self) -> EncodedPacket:
        rendition = self._require()
        self._learn_origin()
        while True:
            clock = self._player.clock
            if clock.number != self._run:
                self._enter_run(rendition, clock)
            if not clock.playing:
                if self._follows:
                    await self._player.until_changed()
                elif await self._player.until(self._still_s):
                    return self._send_still(rendition, clock)
            elif self._next >= len(rendition):
                await self._player.until_changed()
            else:
                due_s = clock.due_s(float(rendition.t_s[self._next]))
                if await self._player.until(due_s):
                    return self._send_next(rendition, due_s)

    def _require(self) -> Rendition:
        if self.readyState != "live" or self.rendition is None:
            raise MediaStreamError
        return self.rendition

    def _enter_run(self, rendition: Rendition, clock: LessonClock) -> None:
        """Begin where the clock stands: at the next frame where that follows, else a key frame."""
        position_s = clock.segment.lesson_s
        if self._follows and self._next < len(rendition):
            self._follows = 0 <= rendition.t_s[self._next] - position_s < JOINED_S
        if not self._follows:
            self._next = rendition.key_before(position_s)
        self._run = clock.number
        self._still_s = self._player.now()

    def _send_still(self, rendition: Rendition, clock: LessonClock) -> EncodedPacket:
        self._still_s = self._player.now() + STILL_EVERY_S
        index = rendition.key_before(clock.segment.lesson_s)
        return self._packet(rendition, index, self._player.now(), moving=False)

    def _send_next(self, rendition: Rendition, due_s: float) -> EncodedPacket:
        if self._player.now() - due_s > FAR_BEHIND_S:
            nearest = rendition.key_before(self._player.position_s)
            self._next = max(self._next, nearest)
            due_s = self._player.now()
        index = self._next
        self._next += 1
        self._follows = True
        return self._packet(rendition, index, due_s, moving=True)

    def _packet(
        self, rendition: Rendition, index: int, when_s: float, moving: bool
    ) -> EncodedPacket:
        pts = round((when_s - self._player.began_s) * VIDEO_HZ)
        pts = self._last_pts = max(pts, self._last_pts + 1)
        self._sent.record(pts, SentFrame(float(rendition.t_s[index]), self._run, moving))
        return _packet(rendition.packet(index), pts, VIDEO_TIME_BASE)

    def _learn_origin(self) -> None:
        """aiortc adds a random origin to our timestamps and keeps it to itself; the sender's last
        wire timestamp, when it asks for the next frame, is that origin plus our last pts."""
        if self._sent.origin is None and self._last_pts >= 0 and self.sender is not None:
            wire = insides.last_sent_timestamp(self.sender)
            self._sent.origin = (wire - self._last_pts) % RTP_WRAP


class InstructorSound(MediaStreamTrack):
    """The lesson's sound as Opus packets, silence while it stands still."""

    kind = "audio"

    def __init__(self, player: Player, rendition: Rendition | None) -> None:
        super().__init__()
        self._player = player
        self._rendition = rendition
        self._tick = 0
        self._run = -1
        self._first_tick = 0
        self._first = 0

    async def recv(self) -> EncodedPacket:
        if self.readyState != "live":
            raise MediaStreamError
        due_s = self._player.began_s + self._tick * SOUND_STEP_S
        if (late := self._player.now() - due_s) > FAR_BEHIND_S:
            self._tick += int(late / SOUND_STEP_S)
            due_s = self._player.began_s + self._tick * SOUND_STEP_S
        while not await self._player.until(due_s):
            pass
        packet = _packet(self._sound(due_s), self._tick * SOUND_STEP, SOUND_TIME_BASE)
        self._tick += 1
        return packet

    def _sound(self, due_s: float) -> bytes:
        clock = self._player.clock
        if not clock.playing or self._rendition is None:
            return SILENCE
        if clock.number != self._run:
            self._run = clock.number
            self._first_tick = self._tick
            self._first = round(clock.position_s(due_s) / SOUND_STEP_S)
        index = self._first + self._tick - self._first_tick
        return self._rendition.packet(index) if index < len(self._rendition) else SILENCE


def _packet(data: bytes, pts: int, time_base: Fraction) -> EncodedPacket:
    packet: EncodedPacket = av.Packet(data)
    packet.pts = pts
    packet.time_base = time_base
    return packet
