import pytest

from rtc_server.sync.sender_reports import (
    MAX_REPORTS,
    NTP_UNIX_S,
    SenderReports,
    ntp_to_unix_ms,
)

UNIX_S = 1_790_000_000.0


@pytest.mark.parametrize("unix_s", [0.0, UNIX_S, 2_085_978_495.9, 2_085_978_496.5, 4e9])
def test_ntp_time_is_converted_across_the_end_of_its_era(unix_s: float) -> None:
    """The first era ends on 7 February 2036."""
    ntp = round((unix_s + NTP_UNIX_S) * (1 << 32)) % (1 << 64)
    assert ntp_to_unix_ms(ntp, near_ms=unix_s * 1000 + 86_400_000) == pytest.approx(
        unix_s * 1000, abs=0.01
    )


def test_a_flood_of_reports_is_not_all_kept() -> None:
    reports = SenderReports()
    reports.set_wall_clock(0.0, 1000 * UNIX_S)
    for k in range(10 * MAX_REPORTS):
        reports.add(round((UNIX_S + NTP_UNIX_S) * (1 << 32)), rtp_ms=float(k), arrival_s=1.0)
    assert len(reports._origins) == MAX_REPORTS
