"""The instructor's picture as an outgoing track: encoded once, paced by the lesson's clock.

`recv()` returns `av.Packet`s, which aiortc packetises without encoding. Wire timestamps follow
the server's monotonic clock, so they never go back, whatever the lesson does.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from aiortc import MediaStreamTrack, RTCRtpSender
from aiortc.mediastreams import MediaStreamError

from rtc_server.lessons.codecs import VideoCodec
from rtc_server.lessons.lesson import Lesson
from rtc_server.lessons.renditions import Rendition
from rtc_server.sync.lesson_clock import LessonClock
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import RTP_WRAP, SentFrame, SentFrames
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.bitrate import BitrateSelector
from rtc_server.webrtc.packets import EncodedPacket, encoded

VIDEO_HZ = 90_000
VIDEO_TIME_BASE = Fraction(1, VIDEO_HZ)
STILL_EVERY_S = 0.5  # how often a standing key frame is sent again, for whoever missed it
FAR_BEHIND_S = 1.0
JOINED_S = 0.1  # a next frame this near goes on without a key frame
KEY_SOON_S = 0.25  # whoever asks for a key frame can wait this long for the next one
KEY_AGAIN_S = 0.25  # nor is it given one so soon after another, which may be on its way still
REWIND_AGAIN_S = 1.0  # sending again costs up to a second's bits, which a poor network has not


@dataclass(frozen=True, slots=True)
class Pictures:
    """The same pictures twice, with the same times and key frames; `low` takes fewer bits."""

    full: Rendition
    low: Rendition


class InstructorVideoTrack(MediaStreamTrack):
    """The lesson's picture as encoded frames.

    A picture that does not follow the one on screen (the first, one after a jump, one that the
    learner's decoder asks for after a loss) is reached from the key frame before it, everything
    between sent at once. After a pause it goes on with the next frame.
    """

    kind = "video"

    def __init__(self, player: Player, sent: SentFrames) -> None:
        super().__init__()
        self.pictures: Pictures | None = None  # known once a codec is agreed
        self.sender: RTCRtpSender | None = None
        self.quality = BitrateSelector()
        self.keys_given = 0  # on request
        self._player = player
        self._sent = sent
        self._low = False  # which rendition the decoder has its last key frame of
        self._run = -1
        self._next = 0
        self._upto = 0  # frames before this one are overdue and leave at once
        self._follows = False  # the picture on screen is the one before `_next`
        self._still_s = 0.0
        self._key_asked = False
        self._key_sent_s = self._rewound_s = float("-inf")
        self._last_pts = -1

    async def recv(self) -> EncodedPacket:
        frames = self._require()
        self._learn_origin()
        while True:
            clock = self._player.clock
            if clock.number != self._run:
                self._enter_run(frames, clock)
            if self._key_asked:
                self._give_key(frames, clock)
            if self._next < self._upto:
                return self._send(self._overdue_s(frames, clock), clock, on_time=False)
            if not clock.playing:
                if not self._stands_on_key(frames):
                    await self._player.until_changed()
                elif await self._player.until(self._still_s):
                    self._again()
            elif self._next >= self._end(frames, clock):
                await self._player.until_changed()
            else:
                due_s = clock.due_s(float(frames.t_s[self._next]))
                if await self._player.until(due_s):
                    return self._send_due(frames, clock, due_s)

    def ask_for_key(self) -> None:
        """The receiver has lost pictures and cannot go on without a key frame (PLI, FIR)."""
        self._key_asked = True
        self._player.stir()

    def reported_loss(self, fraction: float) -> None:
        """The receiver lost this part of the packets since its last report, 0..1."""
        self.quality.reported_loss(fraction, self._player.now())

    def reported_estimate(self, bit_rate: float) -> None:
        """The receiver thinks that it can take so many bits a second (REMB)."""
        self.quality.reported_estimate(bit_rate, self._player.now())

    def _require(self) -> Rendition:
        if self.readyState != "live" or self.pictures is None:
            raise MediaStreamError
        return self.pictures.full

    def _enter_run(self, frames: Rendition, clock: LessonClock) -> None:
        """Begin where the clock stands: at the next frame where that follows, else a key frame."""
        position_s = clock.segment.lesson_s
        if self._follows and self._next < len(frames):
            self._follows = 0 <= frames.t_s[self._next] - position_s < JOINED_S
        if not self._follows:
            self._upto = frames.at(position_s) + 1
            self._next = frames.key_before(self._upto - 1)
        self._run = clock.number

    def _give_key(self, frames: Rendition, clock: LessonClock) -> None:
        """Go back to the key frame before the picture on screen, unless the next is near."""
        self._key_asked = False
        now_s = self._player.now()
        if self._next == 0 or now_s - self._key_sent_s < KEY_AGAIN_S:
            return
        if now_s - self._rewound_s < REWIND_AGAIN_S:
            return
        if clock.playing and self._due_key_s(frames, clock) - now_s < KEY_SOON_S:
            return  # it leaves in its time, and costs nothing
        self._upto = max(self._upto, self._next)
        self._next = frames.key_before(self._upto - 1)
        self._rewound_s = now_s
        self.keys_given += 1

    def _due_key_s(self, frames: Rendition, clock: LessonClock) -> float:
        """When the next key frame is due."""
        index = frames.key_after(self._next - 1)
        return float("inf") if index is None else clock.due_s(float(frames.t_s[index]))

    def _end(self, frames: Rendition, clock: LessonClock) -> int:
        """The frame that is not sent any more: past the lesson, or the loop."""
        return len(frames) if clock.loop is None else frames.first_from(clock.loop[1])

    def _stands_on_key(self, frames: Rendition) -> bool:
        """Whether the picture that stands is a key frame, which may be sent again by itself."""
        return self._next > 0 and bool(frames.key[self._next - 1])

    def _again(self) -> None:
        self._upto = self._next
        self._next -= 1

    def _overdue_s(self, frames: Rendition, clock: LessonClock) -> float:
        """When a frame that leaves at once was due, as near as wire time allows."""
        if not clock.playing:
            return self._player.now()
        return clock.due_s(float(frames.t_s[self._next]))

    def _send_due(self, frames: Rendition, clock: LessonClock, due_s: float) -> EncodedPacket:
        now_s = self._player.now()
        if now_s - due_s > FAR_BEHIND_S:
            nearest = frames.key_before(self._player.position_s)
            self._next = max(self._next, nearest)
            due_s = now_s
        return self._send(due_s, clock, on_time=True)

    def _send(self, when_s: float, clock: LessonClock, *, on_time: bool) -> EncodedPacket:
        assert self.pictures is not None
        index = self._next
        now_s = self._player.now()
        if self.pictures.full.key[index]:
            self._low = self.quality.low  # what follows a key frame must be of its own rendition
            self._key_sent_s = now_s
        frames = self.pictures.low if self._low else self.pictures.full
        data = frames.packet(index)
        if on_time:
            self.quality.sent(len(data), now_s)
        self._next += 1
        self._follows = True
        self._still_s = now_s + STILL_EVERY_S
        pts = round((when_s - self._player.began_s) * VIDEO_HZ)
        pts = self._last_pts = max(pts, self._last_pts + 1)
        its = clock.segment
        lesson_s = float(frames.t_s[index])
        self._sent.record(pts, SentFrame(lesson_s, self._run, its.lesson_s, its.rate, on_time))
        return encoded(data, pts, VIDEO_TIME_BASE)

    def _learn_origin(self) -> None:
        """aiortc adds a random origin to our timestamps and keeps it to itself; the sender's last
        wire timestamp, when it asks for the next frame, is that origin plus our last pts."""
        if self._sent.origin is None and self._last_pts >= 0 and self.sender is not None:
            wire = aiortc_internals.last_sent_timestamp(self.sender)
            self._sent.origin = (wire - self._last_pts) % RTP_WRAP


def pictures_of(lesson: Lesson, codec: VideoCodec) -> Pictures:
    """What is sent of the lesson's picture; old lessons have one bit rate only.

    :raises BrokenLesson: its packets cannot be read.
    """
    full = lesson.rendition(codec.name)
    has_low = lesson.has(codec.low_name)
    return Pictures(full, lesson.rendition(codec.low_name) if has_low else full)
