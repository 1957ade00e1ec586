"""Whom a datagram is for, on a port that all sessions share."""

from __future__ import annotations

from collections import Counter

import pytest
from aioice import stun

from rtc_server.webrtc.udp.demultiplexer import Demultiplexer, read_receiver

HERE, THERE = ("192.0.2.1", 5000), ("192.0.2.2", 6000)
MEDIA = bytes([128, 96, *range(20)])


def check(receiver: str, sender: str = "learner", **attributes: object) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes |= {"PRIORITY": 1, "USERNAME": f"{receiver}:{sender}", **attributes}
    message.add_message_integrity(b"password")
    return bytes(message)


@pytest.fixture
def dropped() -> Counter[str]:
    return Counter()


@pytest.fixture
def port(dropped: Counter[str]) -> Demultiplexer[str]:
    """With two sessions."""
    demultiplexer: Demultiplexer[str] = Demultiplexer(lambda reason: dropped.update([reason]))
    demultiplexer.add(b"ann-user", "ann")
    demultiplexer.add(b"bob-user", "bob")
    return demultiplexer


def test_a_check_is_for_the_session_that_it_names(port: Demultiplexer[str]) -> None:
    assert port.find(check("ann-user"), HERE) == "ann"
    assert port.find(check("bob-user"), HERE) == "bob"
    port.claim(HERE, "ann")
    assert port.find(check("bob-user"), HERE) == "bob", "whoever has the address"


def test_media_are_for_the_session_whose_check_came_from_there(
    port: Demultiplexer[str], dropped: Counter[str]
) -> None:
    assert port.find(MEDIA, HERE) is None
    port.claim(HERE, "ann")
    port.claim(THERE, "bob")
    assert [port.find(MEDIA, HERE), port.find(MEDIA, THERE)] == ["ann", "bob"]
    assert dropped == {"stranger": 1}


def test_an_answer_is_for_whoever_asked(port: Demultiplexer[str]) -> None:
    answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE)
    assert port.find(bytes(answer), HERE) is None
    port.expect(answer.transaction_id, "bob")
    port.claim(HERE, "ann")
    assert port.find(bytes(answer), HERE) == "bob"
    port.forget(answer.transaction_id)
    assert port.find(bytes(answer), HERE) is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "malformed"),
        (b"\x00\x01", "malformed"),
        (b"\x00\x01\x00\x00" + bytes(16), "stranger"),
        (b"\x00\x01\x00\x04" + bytes(16) + b"\x00\x06\xff\xff", "stranger"),
        (check("carol-user"), "stranger"),
        (check("ann-use"), "stranger"),
        (check(""), "stranger"),
        (b"\x01\x01\x00\x00" + bytes(16), "unsolicited"),
        (MEDIA, "stranger"),
        (b"\x16\xfe\xff", "stranger"),
    ],
    ids=range(10),  # the checks are random, and names of tests must not be
)
def test_what_is_for_nobody_is_dropped_and_counted(
    port: Demultiplexer[str], dropped: Counter[str], data: bytes, reason: str
) -> None:
    assert port.find(data, HERE) is None
    assert dropped == {reason: 1}


def test_a_second_session_gets_an_address_only_by_an_answer_from_there(
    port: Demultiplexer[str],
) -> None:
    """A check with a forged address is authentic; nobody answers those that are sent there."""
    port.claim(HERE, "ann")
    port.claim(HERE, "bob")
    assert port.find(MEDIA, HERE) == "ann"
    port.confirm(HERE, "bob")
    assert port.find(MEDIA, HERE) == "bob"
    port.remove(b"ann-user", "ann")
    assert port.find(MEDIA, HERE) == "bob", "it was no longer hers"


def test_nothing_is_left_of_a_session_that_has_ended(port: Demultiplexer[str]) -> None:
    port.claim(HERE, "ann")
    port.confirm(THERE, "ann")
    port.remove(b"ann-user", "ann")
    port.claim(HERE, "ann")
    port.confirm(THERE, "ann")
    assert port.find(MEDIA, HERE) is None and port.find(check("ann-user"), HERE) is None
    port.remove(b"bob-user", "bob")
    assert port.entries == 0 and port.recipients == 0


def test_the_name_is_looked_for_in_sixteen_attributes_only() -> None:
    """A datagram may hold 16 000 empty ones."""
    named = check("ann-user")
    filler = b"\x80\x22\x00\x01x\x00\x00\x00"
    assert read_receiver(named[:20] + filler * 14 + named[20:]) == b"ann-user"
    assert read_receiver(named[:20] + filler * 16 + named[20:]) is None
