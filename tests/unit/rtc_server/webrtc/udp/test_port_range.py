"""Ports of a range take turns."""

from __future__ import annotations

from itertools import islice

from rtc_server.webrtc.udp.port_range import PortRange


def test_a_search_tries_each_port_once() -> None:
    assert sorted(PortRange(range(5000, 5004)).candidates()) == [5000, 5001, 5002, 5003]


def test_a_search_goes_on_where_the_one_before_ended() -> None:
    """A port that was just given up may still get what was meant for another session."""
    ports = PortRange(range(5000, 5004))
    first = [*islice(ports.candidates(), 3)]
    assert [*ports.candidates()] == [5003, *first]


def test_it_is_written_as_the_setting() -> None:
    assert str(PortRange(range(50_000, 51_000))) == "50000-50999"
