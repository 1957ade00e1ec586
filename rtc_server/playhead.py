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


@dataclass(frozen=True, slots=True)
class SentFrame:
    """One instructor frame on the wire; `run` numbers the clock's segment it belongs to."""

    lesson_s: float
    run: int
    moving: bool


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
    moving: bool
    since_ms: float
    lesson_s: float
    delay_ms: float  # D of sync.md: shown − lesson, median of the last second
    until_s: float  # the furthest position that can have been shown


class Playhead:
    """What was on the learner's screen, from pairs (lesson position, shown at)."""

    def __init__(self) -> None:
        self._runs: deque[_Run] = deque(maxlen=RUNS)
        self._recent: deque[tuple[float, float]] = deque()
        self.residual_ms: float | None = None

    @property
    def known(self) -> bool:
        """Whether the client has told anything of what it shows."""
        return bool(self._runs)

    def observe(self, shown_ms: float, frame: SentFrame, duration_s: float) -> None:
        """A frame was shown at `shown_ms` of the client's clock."""
        delay_ms = shown_ms - frame.lesson_s * 1000
        run = self._runs[-1] if self._runs else None
        if run is None or run.number != frame.run:
            self._recent.clear()
            run = _Run(
                *(frame.run, frame.moving, shown_ms, frame.lesson_s, delay_ms),
                until_s=duration_s if frame.moving else frame.lesson_s,
            )
            self._runs.append(run)
        if self._recent and abs(delay_ms - run.delay_ms) > JUMP_MS:
            self._recent.clear()
        self._recent.append((shown_ms, delay_ms))
        while self._recent[0][0] < shown_ms - MEDIAN_MS:
            self._recent.popleft()
        run.delay_ms = statistics.median(delay for _, delay in self._recent)
        self.residual_ms = delay_ms - run.delay_ms if frame.moving else None

    def hold(self, run: int, lesson_s: float) -> None:
        """Nothing past `lesson_s` was sent in that run: it was paused there."""
        for known in self._runs:
            if known.number == run:
                known.until_s = lesson_s

    def seen_at(self, client_ms: float) -> float | None:
        """The lesson position on the screen at a moment of the client's clock.

        None where it is not known, or nothing was playing.
        """
        for run in reversed(self._runs):
            if client_ms >= run.since_ms:
                if not run.moving:
                    return None
                return min(max((client_ms - run.delay_ms) / 1000, run.lesson_s), run.until_s)
        return None
