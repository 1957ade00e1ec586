"""What the screen showed, where the client says the lesson position of each frame."""

from __future__ import annotations

import pytest

from rtc_server.sync.playhead import ScreenPosition
from rtc_server.sync.reported_playhead import ReportedPlayhead, ScreenReport


def playing(
    *times_ms: float, began_ms: float = 1000.0, rate: float = 1.0, from_s: float = 0.0
) -> list[ScreenReport]:
    return [ScreenReport(t, from_s + (t - began_ms) / 1000 * rate, rate) for t in times_ms]


def observe(*reports: ScreenReport) -> ReportedPlayhead:
    playhead = ReportedPlayhead()
    for report in reports:
        playhead.observe(report)
    return playhead


def test_the_position_is_the_reported_one() -> None:
    playhead = observe(*playing(2000, 2200, 2400))
    for client_ms in (2000, 2200, 2400):
        assert playhead.position_at(client_ms) == ScreenPosition((client_ms - 1000) / 1000, 1.0)


@pytest.mark.parametrize("rate", [0.5, 1.0])
def test_a_camera_that_is_late_filmed_an_earlier_position(rate: float) -> None:
    playhead = observe(*playing(2000, 2200, 2400, rate=rate))
    position = playhead.position_at(2400 - 120)
    assert position is not None
    assert position.lesson_s == pytest.approx((2280 - 1000) / 1000 * rate)


def test_nothing_is_known_before_the_first_report_and_of_later_times() -> None:
    assert not ReportedPlayhead().is_known
    assert ReportedPlayhead().position_at(0) is None
    assert observe(*playing(2000)).position_at(2100) is None


def test_what_stands_still_is_not_followed() -> None:
    playhead = observe(ScreenReport(2000, 4.0, 0.0), ScreenReport(2200, None, 0.0))
    assert playhead.is_known
    assert playhead.position_at(2000) is None
    assert playhead.position_at(2200) is None


@pytest.mark.parametrize(
    "after",
    [
        ScreenReport(2600, 9.0, 1.0),  # a jump
        ScreenReport(2600, 1.6, 0.5),  # another rate
    ],
)
def test_between_two_reports_with_a_jump_the_position_is_not_known(after: ScreenReport) -> None:
    playhead = observe(*playing(2200, 2400), after)
    assert playhead.position_at(2500) is None
    exact = playhead.position_at(2600)
    assert exact is not None and exact.lesson_s == after.lesson_s


def test_the_skew_is_what_a_report_is_off_from_those_of_the_last_second() -> None:
    playhead = observe(*playing(2000, 2200, 2400))
    assert playhead.skew_ms == pytest.approx(0.0)
    playhead.observe(ScreenReport(2600, 1.58, 1.0))  # shown 20 ms later than the others
    assert playhead.skew_ms == pytest.approx(20.0)
    playhead.observe(ScreenReport(2800, 9.0, 1.0))  # after a jump: one report alone
    assert playhead.skew_ms is None


def test_a_client_that_reports_without_end_is_remembered_for_a_while() -> None:
    playhead = observe(*playing(*range(2000, 4000)))
    assert len(playhead._reports) == 64
