"""Which bit rate a learner's network carries: decided from what the receiver reports. Pure.

The receiver reports loss (RFC 3550, 6.4) and an estimate of what it can receive (REMB,
draft-alvestrand-rmcat-remb). That estimate follows what arrives: it stays within one and a half
times of it and grows by 8 % a second only, so a low one after a standing picture says nothing. One
that falls, under what is being sent, does. Nor can it be asked whether more would fit: going up is
tried after a good while, and a try that fails makes the next one wait twice as long.
"""

from __future__ import annotations

from collections import deque

LOSS_PART = 0.3  # of a new report in the smoothed loss
BAD_LOSS = 0.08
GOOD_LOSS = 0.02
SENT_OVER_S = 1.0  # what is sent is measured over this
FIRST_TRY_S = 10.0
LONGEST_TRY_S = 120.0
FELL = 0.95  # of the estimate before: what counts as falling
FAILED_WITHIN_S = 15.0  # a fall this soon after going up counts as a failed try


class BitrateSelector:
    """`low` says which rendition to send; hand it every report and every packet."""

    def __init__(self) -> None:
        self.low = False
        self.changes = 0
        self._loss = 0.0
        self._estimate = 0.0
        self._sent: deque[tuple[float, int]] = deque()
        self._changed_s = float("-inf")
        self._good_since_s: float | None = None
        self._try_after_s = FIRST_TRY_S

    def sent(self, size: int, now_s: float) -> None:
        """A frame of `size` bytes went out when it was due."""
        self._sent.append((now_s, size))
        self._forget(now_s)

    def reported_loss(self, fraction: float, now_s: float) -> None:
        """The receiver lost this part of the packets since its last report, 0..1."""
        self._loss += LOSS_PART * (fraction - self._loss)
        if self._loss > BAD_LOSS:
            self._go(low=True, now_s=now_s)
        elif self._loss < GOOD_LOSS:
            self._good(now_s)
        else:
            self._good_since_s = None

    def reported_estimate(self, bit_rate: float, now_s: float) -> None:
        """The receiver thinks that it can take so many bits a second."""
        fell = bit_rate < FELL * self._estimate
        self._estimate = bit_rate
        self._forget(now_s)
        if fell and bit_rate < self.sending_bps:
            self._go(low=True, now_s=now_s)

    @property
    def sending_bps(self) -> float:
        """Bits a second sent of late."""
        return 8 * sum(size for _, size in self._sent) / SENT_OVER_S

    def _forget(self, now_s: float) -> None:
        while self._sent and self._sent[0][0] < now_s - SENT_OVER_S:
            self._sent.popleft()

    def _good(self, now_s: float) -> None:
        if self._good_since_s is None:
            self._good_since_s = now_s
        if self.low and now_s - self._good_since_s >= self._try_after_s:
            self._go(low=False, now_s=now_s)

    def _go(self, *, low: bool, now_s: float) -> None:
        self._good_since_s = None
        if low == self.low:
            return
        if low:
            failed = now_s - self._changed_s < FAILED_WITHIN_S
            longer_s = min(2 * self._try_after_s, LONGEST_TRY_S)
            self._try_after_s = longer_s if failed else FIRST_TRY_S
        self.low = low
        self.changes += 1
        self._changed_s = now_s
        self._loss = 0.0
