"""The estimate of the bit rate with and without what makes it cheap."""

from __future__ import annotations

import random

from aiortc.rate import RemoteBitrateEstimator

from rtc_server.webrtc.rtp.aiortc_estimator import OVERUSE, RATE_COUNTER, lighten_estimator

ABS_SEND_TIME_HZ = 1 << 18


def estimate(estimator: RemoteBitrateEstimator) -> list[object]:
    """What it says of a webcam whose network becomes worse, and is gone for some seconds."""
    chance = random.Random(7)
    said, delay_ms, now_ms = [], 20.0, 1_000_000
    for frame in range(900):
        now_ms += 67 + 5000 * (frame == 600)
        delay_ms = max(5.0, delay_ms + (3.0 if 300 < frame < 400 else 0.0) + chance.gauss(0, 2))
        for k in range(1 + frame % 4):
            send_time = int((now_ms + k) / 1000 * ABS_SEND_TIME_HZ) & 0xFFFFFF
            said.append(
                estimator.add(int(now_ms + k + delay_ms), send_time, chance.randrange(1200), 1)
            )
    return said


def test_the_estimates_are_those_of_aiortc() -> None:
    theirs, ours = RemoteBitrateEstimator(), RemoteBitrateEstimator()
    lighten_estimator(ours)
    said = estimate(ours)
    assert said == estimate(theirs)
    assert len({str(one) for one in said}) > 20  # they change


def test_what_is_replaced_is_what_aiortc_uses() -> None:
    names = RemoteBitrateEstimator.add.__code__.co_names
    assert {RATE_COUNTER, OVERUSE, "update"} <= set(names)
    assert (
        "update_min_frame_period"
        in type(RemoteBitrateEstimator().estimator).update.__code__.co_names
    )
