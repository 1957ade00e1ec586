"""Which of the teacher's frames and sounds are recorded, and at which time. Pure.

The recording has the class's time: only what was captured while the class was playing is in it, so
it stands still in no pause, and a frame is as far from the first one as its moments of the dance
are. While the teacher's connection is broken and the class plays on, the last picture stays.
"""

from __future__ import annotations

from typing import Literal

from rtc_server.classes.live.recording.limits import PACKET_BYTES, RecordingLimits, RecordingSpace
from rtc_server.classes.live.recording.recorded_packet import SOUND, RecordedPacket
from rtc_server.sync.lesson_clock import LessonClock
from rtc_server.webrtc.live.frames import AUDIO_HZ, LiveFrame, LiveSound
from rtc_server.webrtc.live.report_times import NTP_FRACTION, NTP_WRAP

# Why a recording ended before its class: the lesson is as long, or as large, as one may be; all
# recordings together are; the disk is full; the teacher sends another codec; it cannot be written.
StopReason = Literal["too_long", "too_large", "no_space", "no_room", "codec_changed", "failed"]
MAX_LIP_SHIFT_S = 0.5  # more than that between sound and picture is no delay of a microphone


class RecordingIntake:
    """Turns what is passed on into packets of a file, until a limit is reached."""

    def __init__(self, limits: RecordingLimits, space: RecordingSpace) -> None:
        self.begin_s: float | None = None  # the class's time of the first frame
        self.length_s = 0.0  # from there to the last frame
        self.stopped: StopReason | None = None
        self.waits_for_key = True
        self.frames = self.sounds = 0  # recorded
        self.lost = 0  # of the time that is recorded: frames up to a key frame, sounds that overlap
        self.size = 0  # bytes
        self._limits, self._space = limits, space
        self._codec = ""
        self._last_ms = self._last_sound_ms = -1
        self._wall: tuple[int, float] | None = None  # the teacher's clock, and the server's

    def take_frame(
        self, frame: LiveFrame, data: bytes, clock: LessonClock
    ) -> RecordedPacket | None:
        """The frame as it is recorded; None: it is not.

        :param data: the whole encoded frame.
        :param clock: the class's.
        """
        if frame.ntp is not None:
            self._wall = frame.ntp, frame.captured_s
        at_s = _find_position_s(clock, frame.captured_s)
        if self.stopped is not None or at_s is None:
            self.waits_for_key = True
            return None
        if self.waits_for_key and not frame.is_key:
            self.lost += self.begin_s is not None
            return None
        if self.begin_s is None:
            self.begin_s, self._codec = at_s, frame.codec
        if frame.codec != self._codec:
            self.stop("codec_changed")
        if self.stopped is not None or not self._fits(at_s, data):
            return None
        self.waits_for_key = False
        self.frames += 1
        # A clock that begins anew may go back a little.
        self._last_ms = max(self._to_ms(at_s), self._last_ms + 1)
        self.length_s = self._last_ms / 1000
        return RecordedPacket(data, self._last_ms, frame.codec, frame.is_key)

    def take_sound(self, sound: LiveSound, clock: LessonClock) -> RecordedPacket | None:
        """The packet of sound as it is recorded; None: it is not."""
        at_s = _find_position_s(clock, self._find_captured_s(sound))
        if self.stopped is not None or at_s is None or self.begin_s is None or at_s < self.begin_s:
            return None
        ms = self._to_ms(at_s)
        if ms <= self._last_sound_ms:
            self.lost += 1
            return None
        if not self._fits(at_s, sound.payload):
            return None
        self._last_sound_ms = ms
        self.sounds += 1
        return RecordedPacket(sound.payload, ms, SOUND, is_key=True)

    def lose(self, packet: RecordedPacket) -> None:
        """A packet that was taken is not recorded: what follows a frame cannot be decoded."""
        self.lost += 1
        if not packet.is_sound:
            self.waits_for_key = True

    def stop(self, reason: StopReason) -> None:
        """Take no more; only the first reason counts."""
        self.stopped = self.stopped or reason

    def _fits(self, at_s: float, data: bytes) -> bool:
        size = len(data) + PACKET_BYTES
        if at_s - (self.begin_s or 0.0) > self._limits.max_s:
            self.stop("too_long")
        elif self.size + size > self._limits.max_bytes:
            self.stop("too_large")
        elif not self._space.take(size):
            self.stop("no_space")
        else:
            self.size += size
        return self.stopped is None

    def _to_ms(self, at_s: float) -> int:
        return round((at_s - (self.begin_s or 0.0)) * 1000)

    def _find_captured_s(self, sound: LiveSound) -> float:
        """By the teacher's clock, where that is known of both: as long after a picture as it was.

        Packets of sound arrive sooner than frames, which take longer to encode and to send.
        """
        captured_s = sound.ticks / AUDIO_HZ
        if sound.ntp is None or self._wall is None:
            return captured_s
        ntp, frame_s = self._wall
        after = (sound.ntp - ntp + NTP_WRAP // 2) % NTP_WRAP - NTP_WRAP // 2
        found_s = frame_s + after / NTP_FRACTION
        return found_s if abs(found_s - captured_s) <= MAX_LIP_SHIFT_S else captured_s


def _find_position_s(clock: LessonClock, captured_s: float) -> float | None:
    """The class's time of a moment, as the teacher's poses have it; None while it stands still."""
    if not clock.playing or captured_s < clock.run.start_s:
        return None
    return clock.position_s(captured_s)
