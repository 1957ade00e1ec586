"""Makes aiortc 1.16's estimate of what a learner can send (REMB) cheap; its figures stay the same.

tests/unit/rtc_server/webrtc/rtp/test_aiortc_estimator.py compares them, and fails when a private
part moves.
"""

from __future__ import annotations

from typing import Any

from aiortc.rate import MIN_FRAME_PERIOD_HISTORY_LENGTH, OveruseEstimator

from rtc_server.webrtc.rtp.bit_rate_meter import BitRateMeter

RATE_COUNTER, OVERUSE = "incoming_bitrate", "estimator"


def lighten_estimator(estimator: Any) -> None:
    """Replace the parts of a RemoteBitrateEstimator that take most time, before it is used."""
    for name in (RATE_COUNTER, OVERUSE):
        getattr(estimator, name)  # setattr alone would not notice that the attribute has moved
    setattr(estimator, RATE_COUNTER, BitRateMeter())
    setattr(estimator, OVERUSE, _OveruseEstimator())


class _OveruseEstimator(OveruseEstimator):
    def update_min_frame_period(self, ts_delta: float) -> float:
        """The least of the last deltas; aiortc compares them one by one."""
        deltas = self.ts_delta_hist
        if len(deltas) >= MIN_FRAME_PERIOD_HISTORY_LENGTH:
            del deltas[0]
        deltas.append(ts_delta)
        return min(deltas)
