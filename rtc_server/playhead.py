"""What the learner saw when they moved: the clocks of sync.md, in their simple form. Pure.

Three mappings meet here. `SentFrames`: RTP timestamp of an instructor's frame -> lesson position.
`Playhead`: the client's clock -> the lesson position on its screen. `CaptureClock`: RTP timestamp
of a webcam frame -> when it was captured, on the server's clock and on the client's.
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


class WindowedMin:
    """The least value of the last `window_s` seconds."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._rising: deque[tuple[float, float]] = deque()

    def add(self, now_s: float, value: float) -> None:
        while self._rising and self._rising[-1][1] >= value:
            self._rising.pop()
        self._rising.append((now_s, value))
        while self._rising[0][0] < now_s - self._window_s:
            self._rising.popleft()

    @property
    def value(self) -> float | None:
        return self._rising[0][1] if self._rising else None


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


class CaptureClock:
    """When a webcam frame was captured.

    The server's arrival times of media and of `ping` both carry the least delay of the way up,
    so on the client's clock that delay cancels: no round trip is needed, nor a symmetric one.
    """

    def __init__(self) -> None:
        self._media = WindowedMin(10.0)  # arrival − RTP time
        self._pings = WindowedMin(30.0)  # arrival − client's time
        self._last_rtp: int | None = None
        self._unwrapped = 0
        self.rtt_ms: float | None = None

    def media_arrived(self, rtp: int, arrival_s: float) -> None:
        """A packet of the webcam came; `rtp` is its 32-bit timestamp at 90 kHz."""
        if self._last_rtp is None:
            self._unwrapped = rtp
        else:
            step = (rtp - self._last_rtp + RTP_WRAP // 2) % RTP_WRAP - RTP_WRAP // 2
            self._unwrapped += step
        self._last_rtp = rtp
        self._media.add(arrival_s, arrival_s - self._unwrapped / 90000)

    def pinged(self, t0_ms: float, arrival_s: float, rtt_ms: float | None) -> None:
        """A `ping` came that left at `t0_ms` of the client's clock."""
        self._pings.add(arrival_s, arrival_s * 1000 - t0_ms)
        if rtt_ms is not None:
            self.rtt_ms = rtt_ms

    def captured_s(self, rtp: int) -> float | None:
        """Capture on the server's clock, less half the round trip where that is known."""
        least = self._media.value
        if least is None or self._last_rtp is None:
            return None
        step = (rtp - self._last_rtp + RTP_WRAP // 2) % RTP_WRAP - RTP_WRAP // 2
        return (self._unwrapped + step) / 90000 + least - (self.rtt_ms or 0.0) / 2000

    def captured_ms(self, rtp: int) -> float | None:
        """Capture on the client's clock."""
        captured_s, offset_ms = self.captured_s(rtp), self._pings.value
        if captured_s is None or offset_ms is None:
            return None
        return captured_s * 1000 + (self.rtt_ms or 0.0) / 2 - offset_ms
