"""Which of the teacher's frames are passed on, and what is wrong with the others. Pure.

From a loss to the next key frame nothing is passed on: learners cannot know of it, because the
packets that they get have numbers of their own, and their decoders would smear.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from rtc_server.protocol.class_messages import LiveProblem
from rtc_server.sync.media_timeline import MediaTimeline
from rtc_server.webcam.frame_limits import Refusal, find_refusal
from rtc_server.webrtc.jitter_buffer import EncodedFrame
from rtc_server.webrtc.live.frames import VIDEO_HZ, LiveFrame

logger = logging.getLogger(__name__)

MAX_WAIT_FOR_KEY_S = 2.0  # then a damaged picture is better than none
NO_KEY_S = 4.0  # without a key frame: the encoder sends none by itself, and does not listen
B_FRAMES_TOLD = 3  # left out since the last key frame, before the teacher is told


class VideoIntake:
    """Takes the frames of one stream as they come, and gives those that are passed on."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.timeline = MediaTimeline(VIDEO_HZ)
        self.refused = 0  # frames that are too large, or of another format
        self.reordered = 0  # frames that came after one that is shown later
        self.skipped = 0  # frames that cannot be decoded, because others before them are missing
        self._had_key = False  # of this stream
        self._broken_s: float | None = now()  # since when a key frame is missing
        self._reordered_since_key = 0
        self._refusal: Refusal | None = None  # why the last key frame was refused

    @property
    def waits_for_key(self) -> bool:
        """Whether nothing can be passed on before the next key frame."""
        return self._broken_s is not None

    @property
    def problem(self) -> LiveProblem | None:
        """What is wrong with what comes; None if nothing is."""
        if self._refusal is not None:
            return "unfit_format" if self._refusal.reason == "parameters" else "too_large"
        if self._broken_s is not None and self._now() - self._broken_s > NO_KEY_S:
            return "no_key_frames"
        return "b_frames" if self._reordered_since_key >= B_FRAMES_TOLD else None

    def take(
        self, codec: str, frame: EncodedFrame, *, is_key: bool, ntp: int | None = None
    ) -> LiveFrame | None:
        """The frame as it is passed on, or None."""
        if is_key and not self._admit_key(codec, frame):
            return None
        if not is_key and not self._follows(frame):
            self.skipped += 1
            return None
        if not is_key and self.timeline.is_before_last(frame.timestamp):
            self.reordered += 1
            self._reordered_since_key += 1
            return None
        ticks = self.timeline.place(frame.timestamp, self._now())
        return LiveFrame(frame.payloads, ticks, is_key, codec.upper(), ntp)

    def _admit_key(self, codec: str, frame: EncodedFrame) -> bool:
        """Check a key frame; the frames up to the next one depend on it."""
        if (refusal := find_refusal(codec, frame.data)) is not None:
            self.refused += 1
            if self._refusal is None:
                logger.info("a teacher's video is not passed on: %s", refusal.sentence)
            self._refusal, self._had_key = refusal, False
            self._broken_s = self._now()
            return False
        self._refusal, self._had_key, self._broken_s = None, True, None
        self._reordered_since_key = 0
        return True

    def _follows(self, frame: EncodedFrame) -> bool:
        """Whether a frame can be decoded, because those before it were passed on."""
        now_s = self._now()
        if frame.after_gap and self._broken_s is None:
            self._broken_s = now_s
        if self._broken_s is None:
            return True
        if frame.after_gap or not self._had_key or now_s - self._broken_s < MAX_WAIT_FOR_KEY_S:
            return False
        self._broken_s = None
        return True
