"""RTCP sender reports: the time of RTP time 0 on the client's clock. Pure.

A report gives one moment in RTP time and on the sender's wall clock (RFC 3550, 6.4.1), and a `ping`
gives one moment on that wall clock and on the client's own clock. Neither contains network delay.
"""

from __future__ import annotations

from collections import deque

NTP_UNIX_S = 2_208_988_800  # from NTP's epoch to Unix's, RFC 5905
WINDOW_S = 10.0  # keep sender reports for so long
MAX_REPORTS = 64  # in that time; browsers send one a second
MIN_AGREEING, AGREEMENT_MS = 3, 5.0  # how many reports must be so close to the earliest one


class SenderReports:
    """The origin of RTP time (the time at which it was 0) on the client's clock, by reports."""

    def __init__(self) -> None:
        self._wall_ms: float | None = None
        self._wall_offset_ms = 0.0  # the wall clock minus the client's own
        self._origins: deque[tuple[float, float]] = deque(maxlen=MAX_REPORTS)

    def set_wall_clock(self, client_ms: float, wall_ms: float) -> None:
        """Take the client's two clocks, read at the same moment; the wall clock in Unix time."""
        self._wall_ms, self._wall_offset_ms = wall_ms, wall_ms - client_ms

    def add(self, ntp: int, rtp_ms: float, arrival_s: float) -> None:
        """Take a report.

        :param ntp: 64 bits, of which 32 are below the second; 0 where it is unknown.
        :param rtp_ms: the report's RTP time, unwrapped.
        """
        if ntp == 0 or self._wall_ms is None:
            return
        client_ms = ntp_to_unix_ms(ntp, near_ms=self._wall_ms) - self._wall_offset_ms
        self._origins.append((arrival_s, client_ms - rtp_ms))

    def origin_ms(self, now_s: float) -> float | None:
        """The earliest origin of the last WINDOW_S, if several reports agree on it.

        The earliest, because what a sender adds can only make it later: aiortc reports the time at
        which a frame had been encoded and sent.
        """
        while self._origins and self._origins[0][0] < now_s - WINDOW_S:
            self._origins.popleft()
        earliest_ms = min((origin_ms for _, origin_ms in self._origins), default=0.0)
        agreeing = sum(origin_ms - earliest_ms <= AGREEMENT_MS for _, origin_ms in self._origins)
        return earliest_ms if agreeing >= MIN_AGREEING else None


def ntp_to_unix_ms(ntp: int, near_ms: float) -> float:
    """An NTP time as Unix time, in the era (of 136 years; the next begins in 2036) of `near_ms`."""
    seconds = ntp / (1 << 32) - NTP_UNIX_S
    eras = round((near_ms / 1000 - seconds) / (1 << 32))
    return (seconds + eras * (1 << 32)) * 1000
