"""The estimate of the bit rate as aiortc makes it, and as it is mended."""

from __future__ import annotations

import random

import numpy as np
from aiortc.rate import RemoteBitrateEstimator

from rtc_server.webrtc.rtp.aiortc_estimator import (
    OVERUSE,
    RATE_CONTROL,
    RATE_COUNTER,
    UNCONGESTED_BPS,
    mend_estimator,
)

ABS_SEND_TIME_HZ = 1 << 18


def estimate(
    estimator: RemoteBitrateEstimator, wander_ms: float = 0.0
) -> list[tuple[int, list[int]] | None]:
    """What it says of a webcam whose network becomes worse, and is gone for some seconds."""
    chance = random.Random(7)
    said, delay_ms, now_ms = [], 20.0, 1_000_000
    for frame in range(900):
        now_ms += 67 + 5000 * (frame == 600)
        delay_ms = max(
            5.0, delay_ms + (3.0 if 300 < frame < 400 else 0.0) + chance.gauss(0, wander_ms)
        )
        for k in range(1 + frame % 4):
            send_time = int((now_ms + k) / 1000 * ABS_SEND_TIME_HZ) & 0xFFFFFF
            said.append(
                estimator.add(int(now_ms + k + delay_ms), send_time, chance.randrange(1200), 1)
            )
    return said


def test_once_the_network_is_congested_the_estimates_are_nearly_those_of_aiortc() -> None:
    """aiortc's at that moment is the last that it gave: it gives more of them."""
    theirs, ours = RemoteBitrateEstimator(), RemoteBitrateEstimator()
    mend_estimator(ours)
    said, as_aiortc = estimate(ours, wander_ms=2.0), estimate(theirs, wander_ms=2.0)
    congested = next(k for k, one in enumerate(said) if one and one[0] < UNCONGESTED_BPS)
    assert 0 < congested < len(said) / 2
    theirs_then = np.maximum.accumulate([k if one else 0 for k, one in enumerate(as_aiortc)])
    ratios = [
        one[0] / as_aiortc[theirs_then[k]][0]
        for k, one in enumerate(said)
        if one and k >= congested
    ]
    assert 0.99 <= min(ratios) <= max(ratios) <= 1.1
    assert len({str(one) for one in said[congested:]}) > 20  # they change


def test_while_it_is_congested_five_estimates_a_second_are_enough() -> None:
    theirs, ours = RemoteBitrateEstimator(), RemoteBitrateEstimator()
    mend_estimator(ours)
    said, as_aiortc = (sum(map(bool, estimate(one, wander_ms=2.0))) for one in (ours, theirs))
    longest_s = 900 * 0.067 + 5
    assert longest_s < said < 5 * longest_s
    assert said < as_aiortc / 2


def test_a_camera_that_sends_little_is_not_taken_for_a_network_that_carries_little() -> None:
    theirs, ours = RemoteBitrateEstimator(), RemoteBitrateEstimator()
    mend_estimator(ours)
    before = 700  # packets; then the network becomes worse
    said = {one[0] for one in estimate(ours)[:before] if one}
    assert said == {UNCONGESTED_BPS}
    assert max(one[0] for one in estimate(theirs)[:before] if one) < UNCONGESTED_BPS / 2


def test_what_is_replaced_is_what_aiortc_uses() -> None:
    names = RemoteBitrateEstimator.add.__code__.co_names
    assert {RATE_COUNTER, OVERUSE, RATE_CONTROL, "update"} <= set(names)
    assert (
        "update_min_frame_period"
        in type(RemoteBitrateEstimator().estimator).update.__code__.co_names
    )
