"""The addresses under which clients reach this host: behind 1:1 NAT, or in a container."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import zlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from ipaddress import ip_address

logger = logging.getLogger(__name__)

RESOLVE_EVERY_S = 60.0
RESOLVE_TIMEOUT_S = 5.0
HOST_CANDIDATE = re.compile(
    r"a=candidate:\S+ (?P<component>\d+) udp (?P<priority>\d+) "
    r"(?P<address>\S+) (?P<port>\d+) typ host"
)
# RFC 8445, 5.1.2.1: an address behind a NAT, below the host's own.
SERVER_REFLEXIVE = 100

Resolve = Callable[[str], Awaitable[Sequence[str]]]


async def resolve_name(name: str) -> list[str]:
    """The addresses of a host name.

    :raises OSError: it has none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(name, None, type=socket.SOCK_DGRAM)
    addresses = (str(address[0]) for *_, address in found)
    # A zone (fe80::1%eth0) means something on one machine only.
    return list(dict.fromkeys(address for address in addresses if "%" not in address))


class PublicAddresses:
    """IP addresses, and names that are resolved again every minute."""

    def __init__(self, names: Sequence[str], resolve: Resolve = resolve_name) -> None:
        self._resolve = resolve
        self._addresses: dict[str, Sequence[str]] = {
            name: (name,) if is_ip_address(name) else () for name in names
        }

    @property
    def current(self) -> list[str]:
        """Each address once, in the order of the names."""
        return list(dict.fromkeys(one for found in self._addresses.values() for one in found))

    async def refresh(self) -> None:
        """Resolve the names; one that has no address now keeps those that it had."""
        for name in self._addresses:
            if is_ip_address(name):
                continue
            try:
                async with asyncio.timeout(RESOLVE_TIMEOUT_S):
                    self._addresses[name] = await self._resolve(name)
            except (OSError, TimeoutError, UnicodeError) as error:  # a name that is too long, too
                logger.warning(
                    "public address %s: expected a name that has an address, got: %s",
                    *(name, error or "no answer"),
                )

    async def keep_resolved(self) -> None:
        """Refresh every minute, until cancelled."""
        while True:
            await asyncio.sleep(RESOLVE_EVERY_S)
            await self.refresh()

    def add_to(self, answer: str) -> str:
        """Name each public address beside each host candidate of an SDP answer, with its port.

        That is right where the address is translated and the port is not: 1:1 NAT, or published
        ports of a container that have the same numbers outside.
        """
        addresses = self.current
        lines = (line for own in answer.splitlines() for line in _with_public(own, addresses))
        return "".join(f"{line}\r\n" for line in lines) if addresses else answer


def _with_public(line: str, addresses: Sequence[str]) -> Iterator[str]:
    """The line, and for a host candidate those of the public addresses of the same IP version."""
    yield line
    if (found := HOST_CANDIDATE.match(line)) is None:
        return
    own, port = found["address"], found["port"]
    preference = int(found["priority"]) >> 8 & 0xFFFF
    for address in addresses:
        if address == own or ip_address(address).version != ip_address(own).version:
            continue
        foundation = zlib.crc32(f"srflx udp {own} {address}".encode())
        priority = SERVER_REFLEXIVE << 24 | preference << 8 | 256 - int(found["component"])
        yield (
            f"a=candidate:{foundation} {found['component']} udp {priority} {address} {port} "
            f"typ srflx raddr {own} rport {port}"
        )


def is_ip_address(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
