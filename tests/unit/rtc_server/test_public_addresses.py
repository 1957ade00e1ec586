"""What an answer says of the addresses under which this host is reached from outside."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest
from aiortc.sdp import SessionDescription

from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.public_addresses import PublicAddresses

ANSWER = """v=0
o=- 1 1 IN IP4 0.0.0.0
s=-
t=0 0
m=video 41000 UDP/TLS/RTP/SAVPF 97
c=IN IP4 10.0.0.5
a=mid:0
a=candidate:1 1 udp 2130706431 10.0.0.5 41000 typ host
a=candidate:2 1 udp 2130706431 fd00::5 41001 typ host
a=candidate:3 1 udp 1694498815 198.51.100.1 50000 typ srflx raddr 10.0.0.5 rport 41000
a=end-of-candidates
""".replace("\n", "\r\n")


class Names:
    """Answers questions for names; a name without addresses fails."""

    def __init__(self, **addresses: Sequence[str]) -> None:
        self.addresses = addresses

    async def __call__(self, name: str) -> Sequence[str]:
        if name not in self.addresses:
            raise OSError("no such name")
        return self.addresses[name]


def candidates(sdp: str) -> list[tuple[str, int, str]]:
    (line,) = SessionDescription.parse(sdp).media
    return [(c.ip, c.port, c.type) for c in line.ice_candidates]


def test_without_public_addresses_an_answer_stays_as_it_is() -> None:
    assert PublicAddresses(()).add_to(ANSWER) == ANSWER


def test_each_own_address_gets_the_public_one_of_its_version_with_its_port() -> None:
    answer = PublicAddresses(("203.0.113.10", "2001:db8::10")).add_to(ANSWER)
    assert candidates(answer) == [
        ("10.0.0.5", 41_000, "host"),
        ("203.0.113.10", 41_000, "srflx"),
        ("fd00::5", 41_001, "host"),
        ("2001:db8::10", 41_001, "srflx"),
        ("198.51.100.1", 50_000, "srflx"),
    ]
    own, public, *_ = SessionDescription.parse(answer).media[0].ice_candidates
    assert (public.relatedAddress, public.relatedPort) == ("10.0.0.5", 41_000)
    assert public.priority < own.priority and public.foundation != own.foundation
    without = [line for line in answer.splitlines() if "203.0.113.10" not in line]
    assert [line for line in without if "2001:db8::10" not in line] == ANSWER.splitlines()


def test_an_address_that_the_host_has_itself_is_named_once() -> None:
    assert PublicAddresses(("10.0.0.5",)).add_to(ANSWER) == ANSWER


async def test_names_are_resolved_and_keep_what_they_had(caplog: pytest.LogCaptureFixture) -> None:
    names = Names(dance=["203.0.113.10", "203.0.113.10"])
    addresses = PublicAddresses(("dance", "203.0.113.99"), names)
    assert addresses.current == ["203.0.113.99"]
    await addresses.refresh()
    assert addresses.current == ["203.0.113.10", "203.0.113.99"]
    names.addresses = {"dance": ["203.0.113.11"]}
    await addresses.refresh()
    assert addresses.current == ["203.0.113.11", "203.0.113.99"]
    names.addresses = {}
    with caplog.at_level(logging.WARNING):
        await addresses.refresh()
    assert addresses.current == ["203.0.113.11", "203.0.113.99"]
    assert "public address dance: expected a name that has an address" in caplog.text


async def test_a_name_that_cannot_be_one_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    addresses = PublicAddresses(("a" * 64 + ".example",))
    await addresses.refresh()
    assert addresses.current == []
    assert "expected a name that has an address" in caplog.text


@pytest.mark.parametrize("value", ["http://dance.example", "a b", "0.0.0.0", "224.0.0.1", "::"])
def test_what_clients_cannot_send_to_is_refused(value: str) -> None:
    with pytest.raises(BadConfig, match="public_addresses: expected"):
        Config(public_addresses=(value,))
