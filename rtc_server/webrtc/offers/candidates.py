"""Which of a learner's ICE candidates the server sends connectivity checks to. Pure.

A check is a packet of about 100 bytes to an address that the learner names, and the learner has
shown nothing yet: a stranger could have the server knock on doors that are closed to strangers. A
candidate that is left out costs little: the learner's own checks come from that address, if it is
theirs, and ICE answers those (peer-reflexive candidates, RFC 8445, 7.3.1.3).
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiortc import RTCIceCandidate

MAX_CANDIDATES = 100  # of one learner that are read
MAX_CHECKED = 20  # a browser on a laptop with VPN, containers and both IP versions has about 12
MAX_PORT = (1 << 16) - 1
# Below this lie the ports of services. As libwebrtc's VerifyCandidate does, 80 and 443 are allowed
# at public addresses, where TURN servers relay from them.
MIN_PORT, PUBLIC_PORTS = 1024, (80, 443)
TYPES = ("host", "srflx", "relay")
THIS_NETWORK = ip_network("0.0.0.0/8")  # RFC 1122, 3.2.1.3
Address = IPv4Address | IPv6Address


class CandidateFilter:
    """Lets at most MAX_CHECKED candidates of one learner through, and says what is wrong with the
    others."""

    def __init__(self, learner: str, server: Collection[str]) -> None:
        """:param learner: the address of the learner's HTTP client.
        :param server: the server's own addresses.
        """
        self._learner = _parse(learner)
        self._server = {address for text in server if (address := _parse(text)) is not None}
        self._checked: set[tuple[Address, int]] = set()

    def refuse(self, candidate: RTCIceCandidate) -> str | None:
        """Why this candidate is not to be checked, in one or two words; None: it is to be."""
        address = _parse(candidate.ip)
        if candidate.protocol.lower() != "udp" or candidate.type not in TYPES:
            return "transport"
        if candidate.component != 1:
            return "component"  # RTCP without a=rtcp-mux, which no answer of ours allows
        if address is None:
            return "name"  # mDNS (x.local) or DNS: the server asks nobody for addresses
        if not self._is_reachable_by_learner(address):
            return "address"
        if not _is_allowed_port(candidate.port, address):
            return "port"
        if (address, candidate.port) in self._checked:
            return "repeated"
        if len(self._checked) == MAX_CHECKED:
            return "too many"
        self._checked.add((address, candidate.port))
        return None

    def _is_reachable_by_learner(self, address: Address) -> bool:
        """Whether a learner who sends HTTP from their address can also have this one."""
        if _is_nobody(address):
            return False
        if self._learner is not None and self._learner.is_loopback:
            return True  # the learner is on this machine, and can reach what the server reaches
        if address.is_loopback or address in self._server:
            return False
        if self._learner is None or self._learner.is_global:
            return address.is_global  # a stranger learns nothing about the server's own network
        return not address.is_link_local or self._learner.is_link_local


def _is_nobody(address: Address) -> bool:
    """Whether no single machine has the address."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped or address.sixtofour:
            return True  # IPv4 in disguise: what is inside would have to be checked, too
    elif address in THIS_NETWORK:
        return True
    reserved = address.is_reserved and not address.is_loopback  # Python says so of ::1
    return reserved or address.is_multicast or address.is_unspecified


def _is_allowed_port(port: int, address: Address) -> bool:
    if port < MIN_PORT:
        return port in PUBLIC_PORTS and address.is_global
    return port <= MAX_PORT


def _parse(text: str) -> Address | None:
    try:
        return None if "%" in text else ip_address(text)  # a zone means something on one machine
    except ValueError:
        return None
