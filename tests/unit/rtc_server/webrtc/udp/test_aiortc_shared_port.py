"""An address at which the shared port cannot be bound is reported once, not with each offer."""

import errno
import logging
import os
from types import SimpleNamespace

import pytest

from rtc_server.webrtc.udp import aiortc_shared_port
from rtc_server.webrtc.udp.aiortc_shared_port import SharedPort

ADDRESS = "192.0.2.1"


async def test_an_address_that_cannot_be_bound_is_reported_once_and_again_when_that_changes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failing = {ADDRESS: errno.EADDRNOTAVAIL}

    def add(address: str, *_: object) -> object:
        if address in failing:
            raise OSError(failing[address], os.strerror(failing[address]))
        udp = SimpleNamespace(count_overflows=lambda: 0, close=lambda: None)
        return SimpleNamespace(udp=udp, routes=SimpleNamespace(recipients=0))

    monkeypatch.setattr(aiortc_shared_port, "SharedSocket", add)
    addresses = [ADDRESS]
    port = SharedPort(4000, on_dropped=print, on_lost=print, list_addresses=lambda: list(addresses))

    def offers(count: int = 3) -> int:
        """How many warnings so many offers bring."""
        caplog.clear()
        for _ in range(count):
            port._follow_addresses()
        return len(caplog.records)

    with caplog.at_level(logging.WARNING):
        port.open()
        assert [record.getMessage() for record in caplog.records] == [
            "UDP port 4000 at 192.0.2.1: Cannot assign requested address"
        ]
        assert offers() == 0
        failing[ADDRESS] = errno.EADDRINUSE
        assert offers() == 1
        addresses.clear()  # the interface goes away, and comes again
        assert offers() == 0
        addresses.append(ADDRESS)
        assert offers() == 1
        failing.clear()
        assert offers() == 0
        addresses.clear()
        assert offers() == 0
        failing[ADDRESS] = errno.EADDRINUSE
        addresses.append(ADDRESS)
        assert offers() == 1
