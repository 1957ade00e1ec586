"""What the learner saw when they moved: the clocks of sync.md, in their simple form. Pure.

`SentFrames`: RTP timestamp of an instructor's frame -> lesson position. `Playhead`: the client's
clock -> the lesson position on its screen. The third mapping is in capture.py.
"""

from __future__ import annotations

import statistics
from collections import OrderedDict, deque
from dataclasses import dataclass

RTP_WRAP = 1 << 32
SENT_FRAMES = 900  # 30 s at 30 fps: far more than any playout delay
MEDIAN_MS = 1000.0
JUMP_MS = 80.0
RUNS = 8
# So near to a jump it is not known which side of it the screen shows: a browser may show a frame
# later than it says, by the time that the frame stands.
EDGE_MS = 33.0


@dataclass(frozen=True, slots=True)
class SentFrame:
    """One instructor frame on the wire; `run` numbers the clock's segment it belongs to."""

    lesson_s: float
    run: int
    begins_s: float  # the position at which that segment begins
    rate: float  # lesson seconds a second; 0 where the picture stands still
    on_time: bool  # False: sent at once on the way to a later one, so its delay tells nothing


class SentFrames:
    """The last frames sent, by RTP timestamp relative to the stream's origin."""

    def __init__(self) -> None:
        self.origin: int | None = None  # learnt from the sender, see instructor.py
        self._frames: OrderedDict[int, SentFrame] = OrderedDict()

    def record(self, pts: int, frame: SentFrame) -> None:
        self._frames[pts % RTP_WRAP] = frame
        while len(self._frames) > SENT_FRAMES:
            self._frames.popitem(last=False)

    def find(self, rtp: int) -> SentFrame | None:
        """The frame of a wire timestamp, or None where it is too old or never was."""
        if self.origin is None:
            return None
        return self._frames.get((rtp - self.origin) % RTP_WRAP)


@dataclass(slots=True)
class _Run:
    number: int
    rate: float
    since_ms: float
    begins_s: float
    delay_ms: float  # D of sync.md: shown − lesson / rate, median of the last second
    after_jump: bool = False


@dataclass(frozen=True, slots=True)
class ScreenPosition:
    """What was on the learner's screen at a moment."""

    lesson_s: float
    rate: float


class Playhead:
    """What was on the learner's screen, from pairs (lesson position, shown at)."""

    def __init__(self) -> None:
        self._runs: deque[_Run] = deque(maxlen=RUNS)
        # By run: where it was left, and whether its last picture stands from then on.
        self._left: OrderedDict[int, tuple[float, bool]] = OrderedDict()
        self._recent: deque[tuple[float, float]] = deque()
        self._was_far = False
        self.residual_ms: float | None = None

    @property
    def known(self) -> bool:
        """Whether the client has told anything of what it shows."""
        return bool(self._runs)

    def observe(self, shown_ms: float, frame: SentFrame) -> None:
        """A frame was shown at `shown_ms` of the client's clock."""
        run = self._runs[-1] if self._runs else None
        moving = frame.rate > 0
        if (moving and not frame.on_time) or (run is not None and frame.run < run.number):
            return
        delay_ms = shown_ms - (frame.lesson_s * 1000 / frame.rate if moving else 0.0)
        if run is None or run.number != frame.run:
            run = self._begin(shown_ms, delay_ms, frame)
        far = abs(delay_ms - run.delay_ms) > JUMP_MS
        if far and (self._was_far or len(self._recent) == 1):
            self._recent.clear()  # one such frame came late, two have found a new pace
        self._was_far = far
        self._recent.append((shown_ms, delay_ms))
        while self._recent[0][0] < shown_ms - MEDIAN_MS:
            self._recent.popleft()
        run.delay_ms = statistics.median(delay for _, delay in self._recent)
        self.residual_ms = delay_ms - run.delay_ms if moving else None

    def _begin(self, shown_ms: float, delay_ms: float, frame: SentFrame) -> _Run:
        """A new run: not every frame is told of, so it began before the one that was."""
        self._recent.clear()
        self._was_far = False
        since_ms = delay_ms + frame.begins_s * 1000 / frame.rate if frame.rate > 0 else shown_ms
        _, stood = self._left.get(self._runs[-1].number if self._runs else -1, (0.0, True))
        run = _Run(frame.run, frame.rate, min(since_ms, shown_ms), frame.begins_s, delay_ms)
        run.after_jump = not stood
        self._runs.append(run)
        return run

    def hold(self, run: int, lesson_s: float) -> None:
        """That run was paused there: nothing past it was sent, and its last picture stands."""
        self._leave(run, lesson_s, stands=True)

    def leave(self, run: int, lesson_s: float) -> None:
        """Nothing past `lesson_s` was sent in that run: another one took its place."""
        self._leave(run, lesson_s, stands=False)

    def _leave(self, run: int, lesson_s: float, *, stands: bool) -> None:
        self._left[run] = lesson_s, stands
        while len(self._left) > RUNS:
            self._left.popitem(last=False)

    def seen_at(self, client_ms: float) -> ScreenPosition | None:
        """What was on the screen at a moment of the client's clock.

        None where it is not known, or nothing was playing.
        """
        run = next((run for run in reversed(self._runs) if client_ms >= run.since_ms), None)
        if run is None or run.rate == 0:
            return None
        lesson_s = max((client_ms - run.delay_ms) * run.rate / 1000, run.begins_s)
        left_s, stands = self._left.get(run.number, (lesson_s, True))
        if not stands and lesson_s > left_s - EDGE_MS / 1000 * run.rate:
            return None  # the run was over, and what the screen showed next is not told yet
        if run.after_jump and client_ms < run.since_ms + EDGE_MS:
            return None
        return ScreenPosition(min(lesson_s, left_s), run.rate)
