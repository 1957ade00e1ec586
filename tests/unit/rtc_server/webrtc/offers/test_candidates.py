"""Which candidates a learner's address may name, and how many."""

import pytest
from aiortc.sdp import candidate_from_sdp

from rtc_server.webrtc.offers.candidates import MAX_CHECKED, CandidateFilter

STRANGER, NEIGHBOUR, HERE = "198.41.0.4", "192.168.1.20", "127.0.0.1"
SERVER = ["192.168.1.10", "2001:500:2f::f"]


def refusal(
    learner: str, address: str, port: int = 50_000, *, line: str = "1 1 udp 1 {} {} typ host"
) -> str | None:
    candidate = candidate_from_sdp(line.format(address, port))
    return CandidateFilter(learner, SERVER).refuse(candidate)


@pytest.mark.parametrize("address", ["198.41.0.5", "2001:500:2::c"])
@pytest.mark.parametrize("learner", [STRANGER, NEIGHBOUR, HERE, "2001:500:2::d"])
def test_public_addresses_are_checked_for_everybody(learner: str, address: str) -> None:
    assert refusal(learner, address) is None


@pytest.mark.parametrize(
    "address", ["192.168.1.20", "10.0.0.1", "172.17.0.1", "100.64.0.1", "fd00::1", "192.0.2.1"]
)
def test_private_addresses_are_for_learners_who_have_one(address: str) -> None:
    assert refusal(NEIGHBOUR, address) is None
    assert refusal(HERE, address) is None
    assert refusal(STRANGER, address) == refusal("unknown", address) == "address"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", *SERVER])
def test_this_machine_is_for_learners_on_it(address: str) -> None:
    assert refusal(HERE, address) is refusal("::1", address) is None
    assert refusal(NEIGHBOUR, address) == refusal(STRANGER, address) == "address"


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1"])
def test_link_local_addresses_are_for_learners_on_that_link(address: str) -> None:
    assert refusal("169.254.7.7", address) is None
    assert refusal(NEIGHBOUR, address) == refusal(STRANGER, address) == "address"


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "255.255.255.255", "240.0.0.1", "224.0.0.251", "239.1.2.3"),
        *("::", "ff02::fb", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "::127.0.0.1"),
    ],
)
@pytest.mark.parametrize("learner", [STRANGER, NEIGHBOUR, HERE])
def test_addresses_of_no_machine_are_never_checked(learner: str, address: str) -> None:
    assert refusal(learner, address) == "address"


@pytest.mark.parametrize(
    "name", ["0f5ab2c1.local", "example.org", "localhost", "fe80::1%eth0", "1.2.3", "0x7f.1"]
)
def test_names_are_not_looked_up(name: str) -> None:
    assert refusal(HERE, name) == "name"


@pytest.mark.parametrize("port", [-1, 0, 1, 53, 80, 443, 1023, 65_536, 99_999, 1 << 40])
def test_impossible_ports_and_those_of_services_are_not_checked(port: int) -> None:
    assert refusal(HERE, "192.168.1.20", port) == "port"


def test_a_turn_server_may_relay_from_the_ports_of_the_web() -> None:
    assert refusal(STRANGER, "198.41.0.5", 443) is refusal(STRANGER, "198.41.0.5", 80) is None
    assert refusal(STRANGER, "198.41.0.5", 1024) is refusal(STRANGER, "198.41.0.5", 65_535) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1 1 tcp 1 {} {} typ host tcptype active", "transport"),
        ("1 1 TCP 1 {} {} typ host", "transport"),
        ("1 1 udp 1 {} {} typ prflx", "transport"),
        ("1 2 udp 1 {} {} typ host", "component"),
        ("1 1 UDP 1 {} {} typ srflx raddr 10.0.0.1 rport 9", None),
        ("1 1 udp 1 {} {} typ relay", None),
    ],
)
def test_only_udp_is_checked(line: str, reason: str | None) -> None:
    assert refusal(HERE, "192.168.1.20", line=line) == reason


def test_no_more_than_twenty_addresses_are_checked() -> None:
    candidates = CandidateFilter(NEIGHBOUR, SERVER)
    lines = [f"1 1 udp 1 192.168.1.20 {port} typ host" for port in range(50_000, 50_140)]
    reasons = [candidates.refuse(candidate_from_sdp(line)) for line in [lines[0], *lines]]
    assert reasons[:2] == [None, "repeated"]
    assert reasons.count(None) == MAX_CHECKED == 20
    assert set(reasons[MAX_CHECKED + 1 :]) == {"too many"}
