"""Mends aiortc 1.16's estimate of what a learner can send (REMB), and makes it cheap.

Where a network is congested its figures stay those of aiortc, to a tenth, and are sent five times a
second at most: tests/unit/rtc_server/webrtc/rtp/test_aiortc_estimator.py compares them, and fails
when a private part moves.
"""

from __future__ import annotations

from typing import Any

from aiortc.rate import (
    MIN_FRAME_PERIOD_HISTORY_LENGTH,
    AimdRateControl,
    BandwidthUsage,
    OveruseEstimator,
)

from rtc_server.webrtc.rtp.bit_rate_meter import BitRateMeter

RATE_COUNTER, OVERUSE, RATE_CONTROL = "incoming_bitrate", "estimator", "rate_control"
# What the camera of several dancers sends at most: 1.5 Mbit/s (headless) or 800 kbit/s (the page).
UNCONGESTED_BPS = 1_500_000
# Between two estimates that are sent while the network is congested; what libwebrtc waits for at
# most before it lowers its own again (`TimeToReduceFurther`).
CONGESTED_INTERVAL_MS = 200


def mend_estimator(estimator: Any) -> None:
    """Replace parts of a RemoteBitrateEstimator before it is used."""
    for name in (RATE_COUNTER, OVERUSE, RATE_CONTROL):
        getattr(estimator, name)  # setattr alone would not notice that the attribute has moved
    setattr(estimator, RATE_COUNTER, BitRateMeter())
    setattr(estimator, OVERUSE, _OveruseEstimator())
    setattr(estimator, RATE_CONTROL, _RateControl())


class _OveruseEstimator(OveruseEstimator):
    def update_min_frame_period(self, ts_delta: float) -> float:
        """The least of the last deltas; aiortc compares them one by one."""
        deltas = self.ts_delta_hist
        if len(deltas) >= MIN_FRAME_PERIOD_HISTORY_LENGTH:
            del deltas[0]
        deltas.append(ts_delta)
        return min(deltas)


class _RateControl(AimdRateControl):
    """Takes a camera that sends little for a network that carries little only once it is congested.

    aiortc begins with what was sent in the first seconds, when somebody stands still before the
    camera, and adds 8 % a second: the dance began with 300 kbit/s. And while it is congested aiortc
    answers each packet with an estimate, which costs most where the server itself is what is late.
    """

    def __init__(self) -> None:
        super().__init__()
        self._was_congested = False
        self._sent_ms = -CONGESTED_INTERVAL_MS

    def update(
        self, bandwidth_usage: BandwidthUsage, estimated_throughput: int | None, now_ms: int
    ) -> int | None:
        estimate: int | None = super().update(bandwidth_usage, estimated_throughput, now_ms)
        is_congested = bandwidth_usage is BandwidthUsage.OVERUSING
        self._was_congested |= is_congested
        if estimate is None or (is_congested and now_ms - self._sent_ms < CONGESTED_INTERVAL_MS):
            return None
        self._sent_ms = now_ms
        return estimate if self._was_congested else max(estimate, UNCONGESTED_BPS)
