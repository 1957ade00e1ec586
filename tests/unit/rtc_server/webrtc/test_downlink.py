"""Which of a client's reports say what its screen showed."""

from typing import Any

import pytest

from rtc_server.protocol.client_messages import PlayheadReport
from rtc_server.sync.player import Player
from rtc_server.sync.playhead import SentFrame
from rtc_server.webrtc.downlink import Downlink

SINCE_1970_MS = 1.77e12


def downlink() -> Downlink:
    """One that has sent a frame, with the RTP timestamp 9000."""
    lesson: Any = None
    made = Downlink(lesson, Player(24.0, lambda: 0.0), annotated=False)
    made._sent.rtp_origin = 0
    made._sent.record(9000, SentFrame(0.0, 1, 0.0, 1.0, on_time=True))
    return made


@pytest.mark.parametrize("is_displayed", [True, False])
async def test_a_frame_that_was_sent_is_taken_for_shown(is_displayed: bool) -> None:
    made = downlink()
    made.on_frame_shown(PlayheadReport(9000, 5017.0, 1, 5000.0, is_displayed))
    assert made.playhead.is_known and made.playhead.is_estimate is not is_displayed


async def test_without_the_time_of_the_report_it_is_taken_too() -> None:
    made = downlink()
    made.on_frame_shown(PlayheadReport(9000, 5000.0, None))
    assert made.playhead.is_known


@pytest.mark.parametrize("off_ms", [-SINCE_1970_MS, SINCE_1970_MS, -3000.0])
async def test_a_time_of_another_clock_is_not(off_ms: float) -> None:
    made = downlink()
    made.on_frame_shown(PlayheadReport(9000, 5000.0 + off_ms, 1, 5000.0))
    assert not made.playhead.is_known


async def test_a_frame_that_was_never_sent_is_not() -> None:
    made = downlink()
    made.on_frame_shown(PlayheadReport(9001, 5000.0, 1, 5000.0))
    assert not made.playhead.is_known
