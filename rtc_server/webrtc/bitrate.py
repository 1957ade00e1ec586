"""Selects the bit rate that a learner's network carries, from what the receiver reports. Pure.

The receiver reports loss (RFC 3550, 6.4) and an estimate of what it can receive (REMB,
draft-alvestrand-rmcat-remb). The estimate follows what arrives: it is at most one and a half times
as high and grows by 8 % a second only. So a low estimate after a still frame says nothing; one
that falls below what is being sent does. An estimate cannot say whether more would fit either.
Therefore the full bit rate is tried again after some time without loss, and each attempt that
fails doubles the wait before the next one.
"""

from __future__ import annotations

from collections import deque

LOSS_WEIGHT = 0.3  # of a new report in the smoothed loss
HIGH_LOSS = 0.08
LOW_LOSS = 0.02
SENT_WINDOW_S = 1.0  # the bit rate that is sent is measured over this time
FIRST_RETRY_S = 10.0
MAX_RETRY_S = 120.0
FALL_RATIO = 0.95  # an estimate below this part of the one before has fallen
RETRY_FAILED_WITHIN_S = 15.0  # going down this soon after going up is a failed attempt


class BitrateSelector:
    """Takes every report and every packet; `low` says which rendition to send."""

    def __init__(self) -> None:
        self.low = False
        self.changes = 0
        self._loss = 0.0
        self._estimate = 0.0
        self._sent: deque[tuple[float, int]] = deque()
        self._changed_s = float("-inf")
        self._low_loss_since_s: float | None = None
        self._retry_after_s = FIRST_RETRY_S

    def on_frame_sent(self, size: int, now_s: float) -> None:
        """A frame of `size` bytes was sent when it was due."""
        self._sent.append((now_s, size))
        self._forget_old(now_s)

    def on_loss_report(self, fraction: float, now_s: float) -> None:
        """The receiver lost this part of the packets since its last report, 0..1."""
        self._loss += LOSS_WEIGHT * (fraction - self._loss)
        if self._loss > HIGH_LOSS:
            self._switch(low=True, now_s=now_s)
        elif self._loss < LOW_LOSS:
            self._on_low_loss(now_s)
        else:
            self._low_loss_since_s = None

    def on_bitrate_estimate(self, bit_rate: float, now_s: float) -> None:
        """The receiver estimates that it can receive this many bits a second."""
        fell = bit_rate < FALL_RATIO * self._estimate
        self._estimate = bit_rate
        self._forget_old(now_s)
        if fell and bit_rate < self.sent_bps:
            self._switch(low=True, now_s=now_s)

    @property
    def sent_bps(self) -> float:
        """Bits a second that were sent in the last second."""
        return 8 * sum(size for _, size in self._sent) / SENT_WINDOW_S

    def _forget_old(self, now_s: float) -> None:
        while self._sent and self._sent[0][0] < now_s - SENT_WINDOW_S:
            self._sent.popleft()

    def _on_low_loss(self, now_s: float) -> None:
        if self._low_loss_since_s is None:
            self._low_loss_since_s = now_s
        if self.low and now_s - self._low_loss_since_s >= self._retry_after_s:
            self._switch(low=False, now_s=now_s)

    def _switch(self, *, low: bool, now_s: float) -> None:
        self._low_loss_since_s = None
        if low == self.low:
            return
        if low:
            failed = now_s - self._changed_s < RETRY_FAILED_WITHIN_S
            doubled_s = min(2 * self._retry_after_s, MAX_RETRY_S)
            self._retry_after_s = doubled_s if failed else FIRST_RETRY_S
        self.low = low
        self.changes += 1
        self._changed_s = now_s
        self._loss = 0.0
