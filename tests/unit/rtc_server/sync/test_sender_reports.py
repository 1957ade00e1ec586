import pytest

from rtc_server.sync.sender_reports import NTP_UNIX_S, ntp_to_unix_ms

UNIX_S = 1_790_000_000.0


@pytest.mark.parametrize("unix_s", [0.0, UNIX_S, 2_085_978_495.9, 2_085_978_496.5, 4e9])
def test_ntp_time_is_converted_across_the_end_of_its_era(unix_s: float) -> None:
    """The first era ends on 7 February 2036."""
    ntp = round((unix_s + NTP_UNIX_S) * (1 << 32)) % (1 << 64)
    assert ntp_to_unix_ms(ntp, near_ms=unix_s * 1000 + 86_400_000) == pytest.approx(
        unix_s * 1000, abs=0.01
    )
