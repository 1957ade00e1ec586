"""Which frame of the lesson the learner's screen showed at which time. Pure.

`SentFrames` maps the RTP timestamp of an instructor's frame to a lesson position. `Playhead` maps
the client's clock to the lesson position on its screen. docs/sync.md explains both; the third
mapping is in capture_clock.py.
"""

from __future__ import annotations

import statistics
from collections import OrderedDict, deque
from dataclasses import dataclass

RTP_WRAP = 1 << 32
MAX_SENT_FRAMES = 900  # 30 s at 30 fps: far more than any playout delay
MEDIAN_WINDOW_MS = 1000.0
MAX_MEDIAN_FRAMES = 64  # in that time; 10 are reported, or every frame at 60 fps
JUMP_MS = 80.0
MAX_RUNS = 8
# This close to a jump it is not known which side of it the screen shows: a browser may show a frame
# later than it reports, by up to the duration of a frame.
EDGE_MS = 33.0


@dataclass(frozen=True, slots=True)
class SentFrame:
    """One frame of the instructor's video that was sent."""

    lesson_s: float
    run: int  # the number of the lesson clock's run that the frame belongs to
    run_start_lesson_s: float
    rate: float  # lesson seconds per second; 0 while the lesson stands still
    on_time: bool  # False: sent early, only to decode a later one; its delay means nothing


class SentFrames:
    """The last frames sent, by RTP timestamp relative to the stream's origin."""

    def __init__(self) -> None:
        self.rtp_origin: int | None = None  # learnt from the sender, see webrtc/video_track.py
        self._frames: OrderedDict[int, SentFrame] = OrderedDict()

    def record(self, pts: int, frame: SentFrame) -> None:
        self._frames[pts % RTP_WRAP] = frame
        while len(self._frames) > MAX_SENT_FRAMES:
            self._frames.popitem(last=False)

    def find(self, rtp: int) -> SentFrame | None:
        """The frame of an RTP timestamp, or None if it is too old or was never sent."""
        if self.rtp_origin is None:
            return None
        return self._frames.get((rtp - self.rtp_origin) % RTP_WRAP)


@dataclass(slots=True)
class ShownRun:
    """A run of the lesson clock as the learner's screen showed it."""

    number: int
    rate: float
    since_ms: float  # on the client's clock
    start_lesson_s: float
    delay_ms: float  # D of sync.md: shown − lesson / rate, median of the last second
    after_jump: bool  # the run before did not end with a pause


@dataclass(frozen=True, slots=True)
class RunEnd:
    """Where the server ended a run."""

    lesson_s: float
    last_frame_stays: bool  # on the screen, because the lesson is paused


@dataclass(frozen=True, slots=True)
class ScreenPosition:
    """What the learner's screen showed at a given time."""

    lesson_s: float
    rate: float


class Playhead:
    """What the learner's screen showed, from the frames that the client reports as shown."""

    def __init__(self) -> None:
        self._runs: deque[ShownRun] = deque(maxlen=MAX_RUNS)
        self._ends: OrderedDict[int, RunEnd] = OrderedDict()  # by the run's number
        # (shown_ms, delay_ms) of this run; bounded, because the client chooses what time it says
        self._recent: deque[tuple[float, float]] = deque(maxlen=MAX_MEDIAN_FRAMES)
        self._last_was_far = False
        self.skew_ms: float | None = None  # the last frame's delay minus the median
        self.is_estimate = False  # the client knows which frames came, not which one it shows

    @property
    def is_known(self) -> bool:
        """Whether the client has reported any frame."""
        return bool(self._runs)

    def observe(self, shown_ms: float, frame: SentFrame, *, is_displayed: bool = True) -> None:
        """A frame was shown at `shown_ms` of the client's clock.

        :param is_displayed: False where the client only knows that the frame came.
        """
        self.is_estimate = not is_displayed
        run = self._runs[-1] if self._runs else None
        moving = frame.rate > 0
        if (moving and not frame.on_time) or (run is not None and frame.run < run.number):
            return
        delay_ms = shown_ms - (frame.lesson_s * 1000 / frame.rate if moving else 0.0)
        if run is None or run.number != frame.run:
            run = self._begin_run(shown_ms, delay_ms, frame)
        far = abs(delay_ms - run.delay_ms) > JUMP_MS
        if far and (self._last_was_far or len(self._recent) == 1):
            self._recent.clear()  # one such frame was late, two show that the delay has changed
        self._last_was_far = far
        self._recent.append((shown_ms, delay_ms))
        while self._recent[0][0] < shown_ms - MEDIAN_WINDOW_MS:
            self._recent.popleft()
        run.delay_ms = statistics.median(delay_ms for _, delay_ms in self._recent)
        self.skew_ms = delay_ms - run.delay_ms if moving else None

    def _begin_run(self, shown_ms: float, delay_ms: float, frame: SentFrame) -> ShownRun:
        """Begin a run before its first reported frame, because not every frame is reported."""
        self._recent.clear()
        self._last_was_far = False
        start_s = frame.run_start_lesson_s
        since_ms = delay_ms + start_s * 1000 / frame.rate if frame.rate > 0 else shown_ms
        last_end = self._ends.get(self._runs[-1].number) if self._runs else None
        run = ShownRun(
            number=frame.run,
            rate=frame.rate,
            since_ms=min(since_ms, shown_ms),
            start_lesson_s=start_s,
            delay_ms=delay_ms,
            after_jump=last_end is not None and not last_end.last_frame_stays,
        )
        self._runs.append(run)
        return run

    def end_run(self, run: int, lesson_s: float, *, last_frame_stays: bool) -> None:
        """Record that nothing past `lesson_s` was sent in that run.

        :param last_frame_stays: on the screen, as in a pause; else another run takes its place.
        """
        self._ends[run] = RunEnd(lesson_s, last_frame_stays)
        while len(self._ends) > MAX_RUNS:
            self._ends.popitem(last=False)

    def position_at(self, client_ms: float) -> ScreenPosition | None:
        """What the screen showed at a time of the client's clock.

        None if that is not known, or nothing was playing.
        """
        run = next((run for run in reversed(self._runs) if client_ms >= run.since_ms), None)
        if run is None or run.rate == 0:
            return None
        lesson_s = max((client_ms - run.delay_ms) * run.rate / 1000, run.start_lesson_s)
        end = self._ends.get(run.number, RunEnd(lesson_s, last_frame_stays=True))
        if not end.last_frame_stays and lesson_s > end.lesson_s - EDGE_MS / 1000 * run.rate:
            return None  # the run was over, and the client has not reported what came next
        if run.after_jump and client_ms < run.since_ms + EDGE_MS:
            return None
        return ScreenPosition(min(lesson_s, end.lesson_s), run.rate)
