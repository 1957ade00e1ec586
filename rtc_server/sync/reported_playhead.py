"""What the learner's screen showed, where the client itself says the lesson position. Pure.

Beside a WebSocket the client plays the lesson's file: it knows the lesson position on its screen,
and sends with each webcam frame the one of the moment of capture.
"""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass

from rtc_server.sync.playhead import JUMP_MS, ScreenPosition

WINDOW_MS = 1000.0
MAX_REPORTS = 64  # of which a frame's is the newest, or one of the last few


@dataclass(frozen=True, slots=True)
class ScreenReport:
    """The lesson position on the screen at one time of the client's clock."""

    client_ms: float
    lesson_s: float | None  # None where it is not known, or no frame of the lesson was shown
    rate: float  # lesson seconds per second; 0 while the lesson stood still

    @property
    def delay_ms(self) -> float | None:
        """Shown − lesson, as `ShownRun.delay_ms`; None while nothing moves."""
        if self.lesson_s is None or self.rate <= 0:
            return None
        return self.client_ms - self.lesson_s * 1000 / self.rate

    def continues(self, earlier: ScreenReport) -> bool:
        """Whether the lesson played on since an earlier report, without a jump."""
        own_ms, earlier_ms = self.delay_ms, earlier.delay_ms
        if own_ms is None or earlier_ms is None or self.rate != earlier.rate:
            return False
        return abs(own_ms - earlier_ms) <= JUMP_MS


class ReportedPlayhead:
    """The last reports; times have to rise."""

    is_estimate = False

    def __init__(self) -> None:
        self._reports: deque[ScreenReport] = deque(maxlen=MAX_REPORTS)
        self.skew_ms: float | None = None  # the last report's delay minus the median

    @property
    def is_known(self) -> bool:
        """Whether anything was reported, if only that nothing is shown."""
        return bool(self._reports)

    def observe(self, report: ScreenReport) -> None:
        """A frame was captured while the screen showed this."""
        delays_ms = [report.delay_ms]
        later = report
        for earlier in reversed(self._reports):
            if report.client_ms - earlier.client_ms > WINDOW_MS or not later.continues(earlier):
                break
            delays_ms.append(earlier.delay_ms)
            later = earlier
        self._reports.append(report)
        known_ms = [delay_ms for delay_ms in delays_ms if delay_ms is not None]
        # Of one report alone nothing is known.
        measured = len(known_ms) > 1
        self.skew_ms = known_ms[0] - statistics.median(known_ms) if measured else None

    def position_at(self, client_ms: float) -> ScreenPosition | None:
        """What the screen showed at a time, which is that of a report or shortly before it.

        None if that is not known, or nothing was playing.
        """
        after: ScreenReport | None = None
        for report in reversed(self._reports):
            if report.client_ms < client_ms:
                exact = after is not None and after.client_ms == client_ms
                if after is not None and not exact and not after.continues(report):
                    return None  # a jump lies between the two
                break
            after = report
        if after is None or after.lesson_s is None or after.rate <= 0:
            return None
        before_s = (after.client_ms - client_ms) / 1000
        return ScreenPosition(after.lesson_s - before_s * after.rate, after.rate)

    def end_run(self, run: int, lesson_s: float, *, last_frame_stays: bool) -> None:
        """The server ended a run; what the screen shows, the client says."""
