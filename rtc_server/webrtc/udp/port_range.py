"""The UDP ports that sessions may use, where an operator gives a range. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from rtc_server.errors import ServerFull


class NoFreePort(ServerFull):
    """Every UDP port that sessions may use is taken."""

    code = "no_free_port"


class PortRange:
    """The ports from the first to the last; each search goes on where the one before ended."""

    def __init__(self, ports: range) -> None:
        self._ports = ports
        self._next = 0

    def __str__(self) -> str:
        return f"{self._ports[0]}-{self._ports[-1]}"

    def candidates(self) -> Iterator[int]:
        """Each port once, those first that were tried longest ago."""
        for _ in range(len(self._ports)):
            port = self._ports[self._next % len(self._ports)]
            self._next += 1
            yield port
