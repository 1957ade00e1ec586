"""When a webcam frame was captured: RTP timestamp -> the client's clock, and the server's. Pure.

Both ways map RTP time by an *origin*, the time at which RTP time was 0:

By arrivals: packets of the webcam and messages that tell the client's clock take the same way up,
so on the client's clock its least delay cancels: no round trip is needed, nor a symmetric one. What
remains in it is what the sender needs at least to encode and send a frame.

By reports: RTCP sender reports tell the RTP time of a moment of the sender's wall clock (RFC 3550,
6.4.1), and `ping` tells that clock beside the client's own: there is no network in it.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

USE_REPORTS = True  # the one switch: False takes arrivals only, to measure with both
RTP_WRAP = 1 << 32
RTP_PER_MS = 90
NTP_UNIX_S = 2_208_988_800  # from NTP's epoch to Unix's, RFC 5905
# How long arrivals are remembered: of pictures and clock alike, so that a queue on the way is in
# both; long enough for each to have had luck, short, for browsers move the RTP time at times.
ARRIVALS_S = 4.0
REPORTS_S = 10.0  # how long reports are
AGREEING, AGREEING_MS = 3, 5.0  # reports that must lie so near the earliest one
JUMP_MS = 5000.0  # more than this, against arrivals: RTP time was
# By how much arrivals may put a capture later than reports do. Later, for encoding and sending take
# their time; earlier, where pings had less luck with the network than pictures. What is beyond is
# taken for a fault of the reports, of which browsers have three (docs/sync.md).
EARLIEST_MS, LATEST_MS = -10.0, 15.0

Source = Literal["reports", "arrivals"]


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


class RtpTime:
    """32-bit timestamps at 90 kHz as milliseconds that go on past the wrap."""

    def __init__(self) -> None:
        self._last: int | None = None
        self._unwrapped = 0

    def follow(self, rtp: int) -> float:
        """The time of a timestamp that came just now."""
        self._unwrapped += 0 if self._last is None else _step(self._last, rtp)
        self._last = rtp
        return self._unwrapped / RTP_PER_MS

    def ms(self, rtp: int) -> float | None:
        """The time of any timestamp near the last that came; None before the first."""
        if self._last is None:
            return None
        return (self._unwrapped + _step(self._last, rtp)) / RTP_PER_MS


class Reports:
    """The origin of RTP time on the client's clock, by its sender reports and its wall clock."""

    def __init__(self) -> None:
        self._wall_ms: float | None = None
        self._ahead_ms = 0.0  # of the wall clock, before the client's own
        self._origins: deque[tuple[float, float]] = deque()  # (arrival in s, origin in ms)

    def wall(self, client_ms: float, wall_ms: float) -> None:
        """The client's two clocks, read at one moment; the second in Unix time."""
        self._wall_ms, self._ahead_ms = wall_ms, wall_ms - client_ms

    def add(self, ntp: int, rtp_ms: float, arrival_s: float) -> None:
        """A report: `ntp` has 64 bits, of which 32 are below the second; 0 where it is unknown."""
        if ntp == 0 or self._wall_ms is None:
            return
        client_ms = unix_ms(ntp, near_ms=self._wall_ms) - self._ahead_ms
        self._origins.append((arrival_s, client_ms - rtp_ms))

    def origin_ms(self, now_s: float) -> float | None:
        """The earliest of late, where several agree on it.

        The earliest, because what a sender adds can only make it later: aiortc's tell the time at
        which a frame had been encoded and sent.
        """
        while self._origins and self._origins[0][0] < now_s - REPORTS_S:
            self._origins.popleft()
        earliest = min((origin for _, origin in self._origins), default=0.0)
        near = sum(origin - earliest <= AGREEING_MS for _, origin in self._origins)
        return earliest if near >= AGREEING else None


class CaptureClock:
    """Tells captures by reports where they can be trusted, else by arrivals."""

    def __init__(self, use_reports: bool = USE_REPORTS) -> None:
        self._use_reports = use_reports
        self._rtp = RtpTime()
        self._media = WindowedMin(ARRIVALS_S)  # arrival − RTP time, ms
        self._clock = WindowedMin(ARRIVALS_S)  # arrival − client's time, ms
        self._reports = Reports()
        self._now_s = 0.0  # when the last packet came
        self.rtt_ms: float | None = None
        self.camera_ms = 0.0  # from the light to the RTP timestamp, where a check has told it

    def media_arrived(self, rtp: int, arrival_s: float) -> None:
        """A packet of the webcam came; `rtp` is its 32-bit timestamp at 90 kHz."""
        origin_ms = arrival_s * 1000 - self._rtp.follow(rtp)
        if self._media.value is not None and abs(origin_ms - self._media.value) > JUMP_MS:
            self._media = WindowedMin(ARRIVALS_S)  # the reports contradict it until they follow
        self._media.add(arrival_s, origin_ms)
        self._now_s = arrival_s

    def told(self, client_ms: float, arrival_s: float) -> None:
        """A message came that left at `client_ms` of the client's clock."""
        self._clock.add(arrival_s, arrival_s * 1000 - client_ms)

    def pinged(
        self, t0_ms: float, arrival_s: float, rtt_ms: float | None, wall_ms: float | None = None
    ) -> None:
        """A `ping` came that left at `t0_ms` of the client's clock, `wall_ms` of its wall clock."""
        self.told(t0_ms, arrival_s)
        if rtt_ms is not None:
            self.rtt_ms = rtt_ms
        if wall_ms is not None:
            self._reports.wall(t0_ms, wall_ms)

    def reported(self, ntp: int, rtp: int, arrival_s: float) -> None:
        """A sender report of the webcam came."""
        if (rtp_ms := self._rtp.ms(rtp)) is not None:
            self._reports.add(ntp, rtp_ms, arrival_s)

    @property
    def source(self) -> Source | None:
        """By what captures are told now; None where they cannot be."""
        if self._by_reports() is not None:
            return "reports"
        return None if self._media.value is None else "arrivals"

    def captured_ms(self, rtp: int) -> float | None:
        """Capture on the client's clock."""
        rtp_ms, origin_ms = self._rtp.ms(rtp), self._by_reports()
        if origin_ms is None:
            origin_ms = self._by_arrivals()
        return None if rtp_ms is None or origin_ms is None else rtp_ms + origin_ms

    def moved_ms(self, rtp: int) -> float | None:
        """When the learner did what the frame shows, on the client's clock: before its capture."""
        captured_ms = self.captured_ms(rtp)
        return None if captured_ms is None else captured_ms - self.camera_ms

    def captured_s(self, rtp: int) -> float | None:
        """Capture on the server's clock, less half the round trip where that is known."""
        captured_ms, rtp_ms = self.captured_ms(rtp), self._rtp.ms(rtp)
        if captured_ms is not None and self._clock.value is not None:
            arrived_ms = captured_ms + self._clock.value
        elif rtp_ms is not None and self._media.value is not None:
            arrived_ms = rtp_ms + self._media.value
        else:
            return None
        return (arrived_ms - (self.rtt_ms or 0.0) / 2) / 1000

    def _by_arrivals(self) -> float | None:
        if self._media.value is None or self._clock.value is None:
            return None
        return self._media.value - self._clock.value

    def _by_reports(self) -> float | None:
        """Reports that contradict the arrivals are not trusted."""
        arrivals, reports = self._by_arrivals(), self._reports.origin_ms(self._now_s)
        if not self._use_reports or arrivals is None or reports is None:
            return None
        return reports if EARLIEST_MS <= arrivals - reports <= LATEST_MS else None


def unix_ms(ntp: int, near_ms: float) -> float:
    """An NTP time as Unix time, in the era (of 136 years; the next begins in 2036) of `near_ms`."""
    seconds = ntp / (1 << 32) - NTP_UNIX_S
    eras = round((near_ms / 1000 - seconds) / (1 << 32))
    return (seconds + eras * (1 << 32)) * 1000


def _step(last: int, rtp: int) -> int:
    """From one timestamp to another, the shorter way around."""
    return (rtp - last + RTP_WRAP // 2) % RTP_WRAP - RTP_WRAP // 2
