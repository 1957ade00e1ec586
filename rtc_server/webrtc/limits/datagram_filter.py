"""Decides which datagrams are taken, before anything is decrypted. Pure.

To decrypt and handle a packet costs the event loop a tenth of a millisecond and more, to refuse it
here some microseconds. The learner's address has limits of its own, and all other addresses share
theirs: a stranger who floods a learner's port does not take the learner's share.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from rtc_server.token_bucket import RateLimit, TokenBucket

Kind = Literal["stun", "data", "rtp", "rtcp"]
# Several times what an honest learner sends: a webcam of 5 Mbit/s is 520 packets a second, feedback
# on a network that loses a tenth 50, messages with SCTP's acknowledgements 40.
LIMITS: dict[Kind, RateLimit] = {
    "stun": RateLimit(100, 200),
    "data": RateLimit(300, 600),
    "rtp": RateLimit(1000, 1000),
    "rtcp": RateLimit(100, 200),
}
# Of each kind: the webcam, its retransmissions, and what a browser changes on the way. Each costs
# memory in SRTP and a block in every receiver report, of which 31 fit.
MAX_SSRCS = 16
MIN_RTP_BYTES, MIN_RTCP_BYTES = 12, 8


def classify(data: bytes) -> Kind | None:
    """What a datagram is, by its first bytes (RFC 7983); None for what no learner sends."""
    if not data:
        return None
    if data[0] < 4:
        return "stun"
    if 20 <= data[0] < 64:
        return "data"  # DTLS, which carries SCTP
    if 128 <= data[0] < 192 and len(data) >= MIN_RTCP_BYTES:
        if 192 <= data[1] <= 208:  # as aiortc tells them apart (RFC 5761, 4)
            return "rtcp"
        return "rtp" if len(data) >= MIN_RTP_BYTES else None
    return None


def read_ssrc(kind: Kind, data: bytes) -> int:
    """The sender's SSRC, which is not encrypted (RFC 3550, 5.1 and 6.4)."""
    begin = 4 if kind == "rtcp" else 8
    return int.from_bytes(data[begin : begin + 4], "big")


class SsrcLimit:
    """The SSRCs of one learner: the first MAX_SSRCS that were authentic. For RTP or for RTCP."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._known: set[int] = set()

    def admit(self, packet: bytes) -> bool:
        """Decide whether to decrypt a packet: one of another SSRC makes SRTP keep another."""
        return len(self._known) < MAX_SSRCS or read_ssrc(self._kind, packet) in self._known

    def on_authentic(self, packet: bytes) -> None:
        """The packet was decrypted, so that a stranger cannot have sent it."""
        self._known.add(read_ssrc(self._kind, packet))


class DatagramFilter:
    """The limits of one transport."""

    def __init__(
        self,
        now: Callable[[], float],
        learner_address: Callable[[], tuple[str, int] | None],
        on_refused: Callable[[str], None],
    ) -> None:
        """:param learner_address: where the learner is, once that is known.
        :param on_refused: called with the reason.
        """
        self._now = now
        self._learner_address = learner_address
        self._on_refused = on_refused
        self._buckets: dict[tuple[bool, Kind], TokenBucket] = {}
        self.refused_of_learner = 0  # too much, or what cannot be handled

    def admit(self, data: bytes, address: Any) -> bool:
        """Decide whether to take a datagram from that address."""
        kind = classify(data)
        if kind is None:
            return self._refuse("unknown")
        is_learner = self._learner_address() == address[:2]
        bucket = self._buckets.get((is_learner, kind))
        if bucket is None:
            bucket = TokenBucket(LIMITS[kind], self._now())
            self._buckets[is_learner, kind] = bucket
        if not bucket.take(self._now()):
            self.refused_of_learner += is_learner
            return self._refuse(f"{kind}_rate")
        return True

    def blame(self, reason: str) -> None:
        """Count a packet that could not be handled, or is of one SSRC too many."""
        self.refused_of_learner += 1
        self._on_refused(reason)

    def _refuse(self, reason: str) -> bool:
        self._on_refused(reason)
        return False
