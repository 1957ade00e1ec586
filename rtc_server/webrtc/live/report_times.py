"""RTP time on the sender's wall clock, by its sender reports (RFC 3550, 6.4.1). Pure.

It is passed on, so that learners hear and see at the same time what happened at the same time.
"""

from __future__ import annotations

from rtc_server.sync.capture_clock import signed_difference

NTP_FRACTION, NTP_WRAP = 1 << 32, 1 << 64


class ReportTimes:
    """Keeps the last report of one stream."""

    def __init__(self, hz: int) -> None:
        self._hz = hz
        self._report: tuple[int, int] | None = None

    @property
    def is_known(self) -> bool:
        return self._report is not None

    def on_report(self, ntp: int, rtp: int) -> None:
        """
        :param ntp: 64 bits, of which 32 are below the second; 0 where it is unknown.
        """
        if ntp:
            self._report = ntp, rtp

    def ntp_of(self, rtp: int) -> int | None:
        """The wall clock at an RTP timestamp; None before the first report."""
        if self._report is None:
            return None
        ntp, report_rtp = self._report
        ahead = signed_difference(report_rtp, rtp)
        return (ntp + ahead * NTP_FRACTION // self._hz) % NTP_WRAP
