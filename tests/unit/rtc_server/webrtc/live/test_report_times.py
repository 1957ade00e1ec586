"""RTP time on the sender's wall clock."""

from __future__ import annotations

from rtc_server.webrtc.live.report_times import NTP_FRACTION, ReportTimes


def test_a_report_gives_the_wall_clock_of_frames_around_it() -> None:
    times = ReportTimes(90_000)
    assert times.ntp_of(0) is None
    times.on_report(1000 * NTP_FRACTION, 45_000)
    assert times.ntp_of(90_000 + 45_000) == 1001 * NTP_FRACTION
    assert times.ntp_of(0) == 1000 * NTP_FRACTION - NTP_FRACTION // 2


def test_it_holds_past_the_wrap() -> None:
    times = ReportTimes(90_000)
    times.on_report(1000 * NTP_FRACTION, (1 << 32) - 90_000)
    assert times.ntp_of(90_000) == 1002 * NTP_FRACTION


def test_a_report_without_a_wall_clock_says_nothing() -> None:
    times = ReportTimes(90_000)
    times.on_report(0, 45_000)
    assert not times.is_known
