"""Which lost packets are asked for, and which are sent again. Pure.

A NACK (RFC 4585, 6.2.1) of 12 bytes can ask for 17 packets of 1200, and can be sent any number of
times.
"""

from __future__ import annotations

import math
from typing import Literal, Protocol

HISTORY = 128  # packets that aiortc keeps to send them again
MAX_RESENDS = 4  # of one packet
MIN_INTERVAL_S = 0.02  # between two of them: the first may still be on its way
SHARE = 0.5  # of what is sent may be sent again; that is enough up to a third of loss
MAX_CREDIT_BYTES = 200_000  # the whole history once
SEQUENCE_WRAP = 1 << 16

Refusal = Literal["repeated", "budget"]


class RetransmissionBudget:
    """Limits what one sender sends again: each packet, and all of them together."""

    def __init__(self) -> None:
        self._credit_bytes = float(MAX_CREDIT_BYTES)
        self._sent_bytes = 0
        # By place in the history: the sequence number, how often it was sent again, and when last.
        self._resent: dict[int, tuple[int, int, float]] = {}

    def refusal(
        self, sequence_number: int, size: int, sent_bytes: int, now_s: float
    ) -> Refusal | None:
        """Take a request for a packet of `size` bytes; None if it is to be sent again.

        :param sent_bytes: of media, in all, retransmissions excluded.
        """
        earned = SHARE * max(0, sent_bytes - self._sent_bytes)
        self._sent_bytes = sent_bytes
        self._credit_bytes = min(MAX_CREDIT_BYTES, self._credit_bytes + earned)
        number, count, last_s = self._resent.get(sequence_number % HISTORY, (-1, 0, 0.0))
        if number != sequence_number:
            count, last_s = 0, -math.inf
        if count >= MAX_RESENDS or now_s - last_s < MIN_INTERVAL_S:
            return "repeated"
        if size > self._credit_bytes:
            return "budget"
        self._credit_bytes -= size
        self._resent[sequence_number % HISTORY] = sequence_number, count + 1, now_s
        return None


class NumberedPacket(Protocol):
    """What loss detection uses of a packet."""

    sequence_number: int


class LossDetector:
    """Notices which packets are missing; in the form of aiortc's NackGenerator.

    aiortc's adds every number of a gap, of which there can be 32767, and then removes all but the
    last 128: a sender who jumps with each packet costs the event loop ten milliseconds each time.
    """

    def __init__(self) -> None:
        self._newest: int | None = None
        self.missing: set[int] = set()

    def add(self, packet: NumberedPacket) -> bool:
        """Take a packet that came; return whether packets before it are missing since now."""
        number = packet.sequence_number
        if self._newest is None:
            self._newest = number
            return False
        ahead = (number - self._newest + SEQUENCE_WRAP // 2) % SEQUENCE_WRAP - SEQUENCE_WRAP // 2
        if ahead <= 0:
            self.missing.discard(number)
            return False
        self._newest = number
        self.missing = {
            lost for lost in self.missing if (number - lost) % SEQUENCE_WRAP <= HISTORY
        } | {(number - k) % SEQUENCE_WRAP for k in range(1, min(ahead, HISTORY + 1))}
        return ahead > 1
