"""Which datagrams are taken, by kind, sender and rate."""

from __future__ import annotations

from collections import Counter

import pytest

from rtc_server.webrtc.limits.datagram_filter import (
    LIMITS,
    MAX_SSRCS,
    DatagramFilter,
    Kind,
    SsrcLimit,
    classify,
)

LEARNER, STRANGER = ("192.0.2.1", 5000), ("192.0.2.2", 6000)
OF_KIND: dict[Kind, bytes] = {
    "stun": bytes(20),
    "data": b"\x17" + bytes(30),
    "rtp": b"\x80\x61" + bytes(20),
    "rtcp": b"\x80\xc9" + bytes(6),
}


class Filtered:
    """A filter with a clock that stands still, and what it refused by reason."""

    def __init__(self, learner: tuple[str, int] | None = LEARNER) -> None:
        self.now_s = 0.0
        self.learner = learner
        self.refused = Counter[str]()
        self.filter = DatagramFilter(lambda: self.now_s, lambda: self.learner, self.count)

    def count(self, reason: str) -> None:
        self.refused[reason] += 1

    def admitted(self, kind: Kind, address: tuple[object, ...] = LEARNER, count: int = 1500) -> int:
        return sum(self.filter.admit(OF_KIND[kind], address) for _ in range(count))


@pytest.mark.parametrize("kind", OF_KIND)
def test_each_kind_is_told_by_its_first_bytes(kind: Kind) -> None:
    assert classify(OF_KIND[kind]) == kind


@pytest.mark.parametrize("data", [b"", b"\x05abc", b"\x40" * 20, b"\xc0" * 20, b"\x80" * 7])
def test_what_no_learner_sends_is_refused(data: bytes) -> None:
    """aiortc fails on a datagram without a first byte."""
    made = Filtered()
    assert not made.filter.admit(data, LEARNER)
    assert made.refused == {"unknown": 1}
    assert made.filter.refused_of_learner == 0


@pytest.mark.parametrize("kind", OF_KIND)
def test_more_than_the_limit_is_refused_and_counted(kind: Kind) -> None:
    made = Filtered()
    assert made.admitted(kind) == LIMITS[kind].burst
    made.now_s = 1.0
    assert made.admitted(kind) == min(LIMITS[kind].per_s, LIMITS[kind].burst)
    assert set(made.refused) == {f"{kind}_rate"}
    assert made.filter.refused_of_learner == made.refused[f"{kind}_rate"]


def test_strangers_take_nothing_of_the_learners_share() -> None:
    made = Filtered()
    for port in range(3000):
        made.filter.admit(OF_KIND["rtp"], ("192.0.2.9", port))
    assert made.refused["rtp_rate"] == 3000 - LIMITS["rtp"].burst  # they share one limit
    assert made.filter.refused_of_learner == 0
    assert made.admitted("rtp", count=500) == 500


def test_the_learner_is_known_by_host_and_port_in_ipv6_too() -> None:
    made = Filtered(("2001:db8::1", 5000))
    made.admitted("rtcp", ("2001:db8::1", 5000, 0, 0))
    assert made.filter.refused_of_learner > 0


def test_before_the_learners_address_is_known_all_are_strangers() -> None:
    made = Filtered(None)
    assert made.admitted("stun", STRANGER) == LIMITS["stun"].burst
    assert made.filter.refused_of_learner == 0


@pytest.mark.parametrize("kind", ["rtp", "rtcp"])
def test_only_so_many_ssrcs_are_decrypted(kind: Kind) -> None:
    """A stranger's packet is not authentic, so that its SSRC takes no place."""
    limit = SsrcLimit(kind)

    def packet(ssrc: int) -> bytes:
        head = b"\x80\xc9\0\0" if kind == "rtcp" else b"\x80\x61" + bytes(6)
        return head + ssrc.to_bytes(4, "big") + bytes(8)

    for ssrc in range(100, 200):
        assert limit.admit(packet(ssrc))  # not authentic: it is decrypted in vain
    for ssrc in range(MAX_SSRCS):
        assert limit.admit(packet(ssrc))
        limit.on_authentic(packet(ssrc))
    assert not limit.admit(packet(MAX_SSRCS))
    assert all(limit.admit(packet(ssrc)) for ssrc in range(MAX_SSRCS))
