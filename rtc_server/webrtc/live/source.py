"""One teacher's video and audio, handed to everybody who watches. Nothing is decoded here.

For the event loop's thread. Time is passed in as a clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from rtc_server.protocol.class_messages import LiveProblem
from rtc_server.sync.media_timeline import MediaTimeline
from rtc_server.webrtc.jitter_buffer import EncodedFrame
from rtc_server.webrtc.live.frames import AUDIO_HZ, LiveFrame, LiveSound
from rtc_server.webrtc.live.gop_cache import GopCache
from rtc_server.webrtc.live.key_frame_requests import KeyFrameRequests
from rtc_server.webrtc.live.report_times import ReportTimes
from rtc_server.webrtc.live.video_intake import VideoIntake
from rtc_server.webrtc.live.viewer_queue import ViewerQueue

NO_ANSWER_S = 0.6  # then those who wait for a key frame get the last one, and all since
SPARSE_KEY_S = 4.0  # between key frames for a learner whose network carries nothing else
NO_VIDEO_S = 5.0  # without a frame: the camera is off, or was never on


@dataclass(eq=False, slots=True)
class Viewer:
    """One learner's video, as the source sees it."""

    on_frame: Callable[[], None]  # something is in the queue
    queue: ViewerQueue = field(default_factory=ViewerQueue)


@dataclass(eq=False, slots=True)
class Hearer:
    """One learner's audio."""

    on_sound: Callable[[LiveSound], None]


class LiveSource:
    """What comes from the teacher goes to all viewers and hearers at once, unchanged."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.requests = KeyFrameRequests()
        self.gop = GopCache()
        self.streams = 0  # how many connections of the teacher there were
        self.frames = self.sounds = 0  # passed on
        self.on_frame: Callable[[LiveFrame, bytes], None] = lambda _frame, _data: None
        self.on_sound_passed: Callable[[LiveSound], None] = lambda _: None
        self._viewers: set[Viewer] = set()
        self._hearers: set[Hearer] = set()
        self._came_s = self._key_s = now()
        self._past: Counter[str] = Counter()  # of streams that have ended, and viewers that went
        self._open_stream()

    def statistics(self) -> Counter[str]:
        """What came and what became of it, from the beginning on."""
        counts = self._past + self._count_stream()
        for viewer in self._viewers:
            counts += _count_viewer(viewer)
        counts.update(
            frames=self.frames,
            sounds=self.sounds,
            streams=self.streams,
            key_frames_asked=self.requests.asked,
            key_frames_requested=self.requests.sent,
            groups_given_up=self.gop.overflows,
        )
        return counts

    def begin_stream(self) -> None:
        """Another connection of the teacher's: what comes now follows nothing."""
        self.streams += 1
        self._past += self._count_stream()
        self._open_stream()

    def _open_stream(self) -> None:
        self.intake = VideoIntake(self.now)
        self._audio = MediaTimeline(AUDIO_HZ)
        self._sounds_late = 0  # left out, because later ones were passed on
        self._video_reports, self._audio_reports = ReportTimes(90_000), ReportTimes(AUDIO_HZ)
        self._came_s = self.now()
        self._has_video = False
        self.gop.clear()
        for viewer in self._viewers:
            viewer.queue.cut()

    @property
    def problem(self) -> LiveProblem | None:
        """What is wrong with what comes; None if nothing is."""
        if self.now() - self._came_s > NO_VIDEO_S:
            return "no_picture"
        return self.intake.problem if self._has_video else None

    def take(self, codec: str, frame: EncodedFrame, is_key: bool) -> bool:
        """A whole frame came; return whether it was passed on, and so can be decoded."""
        now_s = self._came_s = self.now()
        self._has_video = True
        passed = self.intake.take(
            codec, frame, is_key=is_key, ntp=self._ntp(self._video_reports, frame.timestamp)
        )
        if self.intake.waits_for_key:
            self.requests.want(now_s)
        if passed is None:
            return False
        self.frames += 1
        if is_key:
            self.requests.on_key_frame(now_s)
            self._key_s = now_s
        self.gop.add(passed)
        self._hand_out(passed, now_s)
        self.on_frame(passed, frame.data)
        return True

    def should_request_key_frame(self) -> bool:
        """Whether to ask the teacher for a key frame with this packet."""
        return self.requests.take(self.now())

    def on_sound(self, payload: bytes, rtp: int) -> None:
        """A packet of audio came."""
        if self._audio.is_before_last(rtp):
            self._sounds_late += 1
            return
        sound = LiveSound(
            payload,
            self._audio.place(rtp, self.now()),
            self._ntp(self._audio_reports, rtp),
        )
        self.sounds += 1
        for hearer in self._hearers:
            hearer.on_sound(sound)
        self.on_sound_passed(sound)

    def on_video_report(self, ntp: int, rtp: int) -> None:
        """A sender report of the video came."""
        self._video_reports.on_report(ntp, rtp)

    def on_audio_report(self, ntp: int, rtp: int) -> None:
        """A sender report of the audio came."""
        self._audio_reports.on_report(ntp, rtp)

    def captured_s(self, rtp: int) -> float | None:
        """When a frame of the present stream was captured, on the server's clock."""
        ticks = self.intake.timeline.find(rtp)
        return None if ticks is None else ticks / 90_000

    def add_viewer(self, viewer: Viewer) -> None:
        """Send the video to one more, with a picture at once or very soon."""
        self._viewers.add(viewer)
        if self.gop.is_burst:
            viewer.queue.join(self.gop.frames)
            viewer.on_frame()
        else:
            self.request_key_frame()

    def remove_viewer(self, viewer: Viewer) -> None:
        if viewer in self._viewers:
            self._viewers.remove(viewer)
            self._past += _count_viewer(viewer)

    def add_hearer(self, hearer: Hearer) -> None:
        self._hearers.add(hearer)

    def remove_hearer(self, hearer: Hearer) -> None:
        self._hearers.discard(hearer)

    def request_key_frame(self) -> None:
        """A viewer cannot go on without one."""
        self.requests.ask(self.now())

    def _count_stream(self) -> Counter[str]:
        intake = self.intake
        return Counter(
            frames_reordered=intake.reordered,
            frames_refused=intake.refused,
            frames_skipped=intake.skipped,
            sounds_late=self._sounds_late,
            clock_jumps=intake.timeline.jumps + self._audio.jumps,
        )

    def _ntp(self, reports: ReportTimes, rtp: int) -> int | None:
        """By the teacher's wall clock, where both streams have it: they are heard as one."""
        if self.sounds and not (self._video_reports.is_known and self._audio_reports.is_known):
            return None
        return reports.ntp_of(rtp)

    def _hand_out(self, frame: LiveFrame, now_s: float) -> None:
        late = self.requests.waited_s(now_s) > NO_ANSWER_S and bool(self.gop.frames)
        for viewer in self._viewers:
            queue = viewer.queue
            if late and queue.waits_for_key and not queue.keys_only:
                queue.join(self.gop.frames)  # with this one
            else:
                queue.put(frame)
            if queue.keys_only and now_s - self._key_s > SPARSE_KEY_S:
                self.requests.want(now_s)
            if len(queue):
                viewer.on_frame()
        if late:
            self.requests.on_key_frame(now_s)


def _count_viewer(viewer: Viewer) -> Counter[str]:
    return Counter(learners_cut=viewer.queue.cuts, frames_left_out=viewer.queue.skipped)
