"""The instructor's video as an outgoing track: encoded once, paced by the lesson clock.

`rtp/aiortc_sender` sends its packets as they are. Their RTP timestamps follow the server's
monotonic clock, so they never go back, whatever the lesson does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from aiortc import RTCRtpSender
from aiortc.mediastreams import MediaStreamError

from rtc_server.lessons.codecs import VideoCodec
from rtc_server.lessons.lesson import Lesson
from rtc_server.lessons.renditions import Rendition
from rtc_server.sync.lesson_clock import LessonClock
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import RTP_WRAP, SentFrame, SentFrames
from rtc_server.token_bucket import RateLimit, TokenBucket
from rtc_server.webrtc import aiortc_internals
from rtc_server.webrtc.bitrate import BitrateSelector
from rtc_server.webrtc.packets import EncodedPacket, EncodedTrack

VIDEO_HZ = 90_000
REPEAT_STILL_S = 0.5  # a still key frame is sent again this often, for learners who missed it
MAX_LATE_S = 1.0
CONTINUES_WITHIN_S = 0.1  # a next frame this near the new position needs no key frame
NEXT_KEY_WITHIN_S = 0.25  # a key frame that is due this soon answers a request
KEY_INTERVAL_S = 0.25  # a request this soon after a key frame is ignored: it may be on its way
JUMP_LIMIT = RateLimit(4, 8)  # a jump (seek, loop) sends up to a second's bits, too
REWIND_INTERVAL_S = 1.0  # a rewind sends up to a second's bits, which a poor network cannot carry


@dataclass(frozen=True, slots=True)
class VideoRenditions:
    """The same frames with the same key frames at two bit rates."""

    full: Rendition
    low: Rendition


class InstructorVideoTrack(EncodedTrack):
    """Sends the lesson's video as encoded frames.

    Three frames do not follow the one on screen: the first, one after a seek, and one after a loss,
    when the learner's decoder requests a key frame. Each is reached from the key frame before it,
    and all frames between are sent at once. After a pause the next frame follows.
    """

    kind = "video"

    def __init__(self, player: Player, sent: SentFrames) -> None:
        super().__init__(player)
        self.renditions: VideoRenditions | None = None  # known once the codec is negotiated
        self.sender: RTCRtpSender | None = None
        self.bitrate = BitrateSelector()
        self.rewinds = 0  # how often a key frame was sent again on request
        self._sent = sent
        self._jumps = TokenBucket(JUMP_LIMIT, player.now())
        self._low = False  # the rendition of the last key frame, which the next frames depend on
        self._run = -1
        self._next = 0
        self._catch_up_to = 0  # frames before this one are overdue and are sent at once
        self._continuous = False  # the frame on screen is the one before `_next`
        self._repeat_s = 0.0
        self._key_requested = False
        self._key_sent_s = self._rewound_s = float("-inf")
        self._last_pts = -1
        self._loop_end = (math.nan, 0)  # where the loop ends, in s and as a frame's index

    def poll(self) -> EncodedPacket | float:
        frames = self._require_frames()
        self._learn_origin()
        clock = self.player.clock
        if clock.run_number != self._run:
            if not self._may_enter_run(frames, clock):
                return self.player.now() + 1 / JUMP_LIMIT.per_s
            self._enter_run(frames, clock)
        if self._key_requested:
            self._answer_key_request(frames, clock)
        if self._next >= self._catch_up_to and not clock.playing:
            if not self._is_still_key_frame(frames):
                return math.inf
            if self.player.now() < self._repeat_s:
                return self._repeat_s
            self._repeat_frame()
        if self._next < self._catch_up_to:
            return self._send(self._overdue_s(frames, clock), clock, on_time=False)
        if self._next >= self._end(frames, clock):
            return math.inf
        due_s = clock.due_s(float(frames.t_s[self._next]))
        if self.player.now() < due_s:
            return due_s
        return self._send_due(frames, clock, due_s)

    def on_key_frame_request(self) -> None:
        """The receiver has lost frames and cannot go on without a key frame (PLI, FIR)."""
        self._key_requested = True
        self.player.notify()

    def on_loss_report(self, fraction: float) -> None:
        """The receiver lost this part of the packets since its last report, 0..1."""
        self.bitrate.on_loss_report(fraction, self.player.now())

    def on_bitrate_estimate(self, bit_rate: float) -> None:
        """The receiver estimates that it can receive this many bits a second (REMB)."""
        self.bitrate.on_bitrate_estimate(bit_rate, self.player.now())

    def _require_frames(self) -> Rendition:
        if self.readyState != "live" or self.renditions is None:
            raise MediaStreamError
        return self.renditions.full

    def _is_next(self, frames: Rendition, clock: LessonClock) -> bool:
        """Whether the clock's run begins where the frame on screen leaves off."""
        if not self._continuous:
            return False
        if self._next >= len(frames):  # the last one is on screen
            return bool(clock.run.start_lesson_s >= frames.t_s[-1])
        return bool(0 <= frames.t_s[self._next] - clock.run.start_lesson_s < CONTINUES_WITHIN_S)

    def _may_enter_run(self, frames: Rendition, clock: LessonClock) -> bool:
        """Return False if there were too many jumps; the last of them counts."""
        return self._is_next(frames, clock) or self._jumps.take(self.player.now())

    def _enter_run(self, frames: Rendition, clock: LessonClock) -> None:
        """Begin at the clock's position: with the next frame if it is near, else a key frame."""
        self._continuous = self._is_next(frames, clock)
        if not self._continuous:
            self._catch_up_to = frames.index_at(clock.run.start_lesson_s) + 1
            self._next = frames.key_before(self._catch_up_to - 1)
        self._run = clock.run_number

    def _answer_key_request(self, frames: Rendition, clock: LessonClock) -> None:
        """Go back to the key frame before the frame on screen, unless one was or is soon sent."""
        self._key_requested = False
        now_s = self.player.now()
        if self._next == 0 or now_s - self._key_sent_s < KEY_INTERVAL_S:
            return
        if now_s - self._rewound_s < REWIND_INTERVAL_S:
            return
        if clock.playing and self._next_key_due_s(frames, clock) - now_s < NEXT_KEY_WITHIN_S:
            return  # it is sent when it is due, and takes no extra bits
        self._catch_up_to = max(self._catch_up_to, self._next)
        self._next = frames.key_before(self._catch_up_to - 1)
        self._rewound_s = now_s
        self.rewinds += 1

    def _next_key_due_s(self, frames: Rendition, clock: LessonClock) -> float:
        """When the next key frame is due."""
        index = frames.key_after(self._next - 1)
        return float("inf") if index is None else clock.due_s(float(frames.t_s[index]))

    def _end(self, frames: Rendition, clock: LessonClock) -> int:
        """The first frame that is not sent any more: past the end of the lesson or of the loop."""
        if clock.loop is None:
            return len(frames)
        if clock.loop[1] != self._loop_end[0]:  # looked up once, and not for each frame
            self._loop_end = clock.loop[1], frames.first_index_from(clock.loop[1])
        return self._loop_end[1]

    def _is_still_key_frame(self, frames: Rendition) -> bool:
        """Whether the still frame on screen is a key frame, which can be sent again by itself."""
        return self._next > 0 and bool(frames.key[self._next - 1])

    def _repeat_frame(self) -> None:
        self._catch_up_to = self._next
        self._next -= 1

    def _overdue_s(self, frames: Rendition, clock: LessonClock) -> float:
        """When an overdue frame was due; the present while the lesson does not play."""
        if not clock.playing:
            return self.player.now()
        return clock.due_s(float(frames.t_s[self._next]))

    def _send_due(self, frames: Rendition, clock: LessonClock, due_s: float) -> EncodedPacket:
        now_s = self.player.now()
        if now_s - due_s > MAX_LATE_S:
            nearest = frames.key_before(self.player.position_s)
            self._next = max(self._next, nearest)
            due_s = now_s
        return self._send(due_s, clock, on_time=True)

    def _send(self, when_s: float, clock: LessonClock, *, on_time: bool) -> EncodedPacket:
        assert self.renditions is not None
        index = self._next
        now_s = self.player.now()
        if self.renditions.full.key[index]:
            self._low = self.bitrate.low  # only a key frame may change the rendition
            self._key_sent_s = now_s
        frames = self.renditions.low if self._low else self.renditions.full
        data = frames.packet(index)
        if on_time:
            self.bitrate.on_frame_sent(len(data), now_s)
        self._next += 1
        self._continuous = True
        self._repeat_s = now_s + REPEAT_STILL_S
        pts = round((when_s - self.player.epoch_s) * VIDEO_HZ)
        pts = self._last_pts = max(pts, self._last_pts + 1)
        run = clock.run
        lesson_s = float(frames.t_s[index])
        self._sent.record(
            pts, SentFrame(lesson_s, self._run, run.start_lesson_s, run.rate, on_time)
        )
        return EncodedPacket(data, pts)

    def _learn_origin(self) -> None:
        """Find the random origin that aiortc adds to our timestamps and keeps to itself.

        When the sender asks for the next frame, its last RTP timestamp is the origin plus our last
        pts.
        """
        if self._sent.rtp_origin is None and self._last_pts >= 0 and self.sender is not None:
            sent = aiortc_internals.last_sent_timestamp(self.sender)
            self._sent.rtp_origin = (sent - self._last_pts) % RTP_WRAP


def open_video_renditions(lesson: Lesson, codec: VideoCodec) -> VideoRenditions:
    """Open the lesson's video in that codec; old lessons have one bit rate only.

    :raises BrokenLesson: its packets cannot be read.
    """
    full = lesson.rendition(codec.name)
    has_low = lesson.has_rendition(codec.low_name)
    return VideoRenditions(full, lesson.rendition(codec.low_name) if has_low else full)
