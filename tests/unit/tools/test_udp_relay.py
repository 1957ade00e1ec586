"""How the UDP relay reads packets and rewrites session descriptions."""

from __future__ import annotations

import pytest

from tools.udp_relay import find_candidate, parse_rtp_header, replace_candidates

SDP = "\r\n".join(
    (
        "v=0",
        "m=video 50000 UDP/TLS/RTP/SAVPF 97",
        "a=candidate:7 1 udp 2130706431 fd00::2 50000 typ host",
        "a=candidate:8 1 tcp 1518280447 192.0.2.2 9 typ host tcptype active",
        "a=candidate:9 1 udp 2130706431 192.0.2.2 50001 typ host",
        "a=end-of-candidates",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a=mid:1",
        "",
    )
)


def test_rtp_is_distinguished_from_rtcp_dtls_and_stun() -> None:
    header = bytes([0x80, 0x80 | 97, 0, 7]) + (90000).to_bytes(4, "big") + (5).to_bytes(4, "big")
    assert parse_rtp_header(header) == (97, 7, 90000, 5)
    assert parse_rtp_header(bytes([0x80, 201]) + header[2:]) is None  # RTCP, a receiver report
    assert parse_rtp_header(bytes([0x16]) + header[1:]) is None  # DTLS
    assert parse_rtp_header(bytes([0x00]) + header[1:]) is None  # STUN


def test_one_candidate_replaces_all() -> None:
    assert find_candidate(SDP) == ("192.0.2.2", 50001)
    sdp = replace_candidates(SDP, ("127.0.0.1", 7))
    candidates = [line for line in sdp.splitlines() if line.startswith("a=candidate:")]
    assert candidates == ["a=candidate:1 1 UDP 2130706431 127.0.0.1 7 typ host"]
    assert len(sdp.splitlines()) == len(SDP.splitlines()) - 2


def test_a_description_without_a_usable_candidate_is_refused() -> None:
    with pytest.raises(ValueError, match="IPv4 host candidate"):
        find_candidate("v=0\r\na=candidate:7 1 udp 1 6c1.local 50000 typ host\r\n")
