"""The private parts of aioice 0.13 that gather candidates: which sockets a session uses.

aioice opens a socket of any port for each address, and waits up to 5 s for a STUN server. Here the
operator chooses the ports, and an answer waits for nobody.
tests/integration/webrtc/test_udp_ports.py fails when one of these parts moves.
"""

from __future__ import annotations

import asyncio
import errno
from functools import partial
from typing import Protocol

from aioice import Candidate
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import (
    Connection,
    StunProtocol,
    get_host_addresses,
    server_reflexive_candidate,
)
from aioice.turn import UDP_SOCKET_BUFFER_SIZE
from aiortc import RTCPeerConnection

from rtc_server.webrtc.aiortc_internals import ICE_CONNECTION, ice_transports
from rtc_server.webrtc.udp.port_range import NoFreePort, PortRange
from rtc_server.webrtc.udp.stun_server import StunServer
from rtc_server.webrtc.udp.udp_socket import bind_udp

GATHER = "gather_candidates"
COMPONENT = 1  # RTP, with RTCP on the same port
# For a server-reflexive candidate of each session. A learner who gets an answer without it connects
# nevertheless, unless both are behind NAT.
STUN_WAIT_S = 0.08
EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class CandidateGatherer(Protocol):
    """Opens what a session sends and receives by."""

    async def gather(self, ice: Connection) -> None:
        """Give an ICE connection its sockets and local candidates; do nothing the second time.

        :raises NoFreePort: no port is left.
        """


def use_gatherer(connection: RTCPeerConnection, gatherer: CandidateGatherer) -> None:
    """Let all transports of a connection gather so; call it before the local description is set."""
    for transport in ice_transports(connection):
        ice = getattr(transport, ICE_CONNECTION)
        getattr(ice, GATHER)  # setattr alone would not notice that the method has moved
        setattr(ice, GATHER, partial(gatherer.gather, ice))


def list_host_addresses() -> list[str]:
    """The addresses of this machine by which others reach it: no loopback, no link-local IPv6."""
    return list(dict.fromkeys(get_host_addresses(use_ipv4=True, use_ipv6=True)))


def begin_gathering(ice: Connection) -> bool:
    """Whether it has not begun before."""
    has_begun = ice._local_candidates_start
    ice._local_candidates_start = True
    return not has_begun


def end_gathering(ice: Connection, candidates: list[Candidate]) -> None:
    """Set the local candidates; their sockets are in `_protocols` already."""
    ice._local_candidates += candidates
    ice._local_candidates_end = True


def host_candidate(address: str, port: int) -> Candidate:
    """A candidate of a socket of this machine."""
    return Candidate(
        foundation=candidate_foundation("host", "udp", address),
        component=COMPONENT,
        transport="udp",
        priority=candidate_priority(COMPONENT, "host"),
        host=address,
        port=port,
        type="host",
    )


class SessionSockets:
    """A socket for each session and address, of any port or of one in a range."""

    def __init__(
        self, ports: PortRange | None = None, stun_server: StunServer | None = None
    ) -> None:
        """:param ports: None: any.
        :param stun_server: whom to ask for the addresses outside a NAT.
        """
        self._ports = ports
        self._stun_server = stun_server

    async def gather(self, ice: Connection) -> None:
        if not begin_gathering(ice):
            return
        for address in list_host_addresses():
            await self._open(ice, address)
        protocols = ice._protocols
        if not protocols and self._ports is not None:
            raise NoFreePort(
                f"expected a free UDP port in {self._ports}, got none; try again later"
            )
        hosts = [protocol.local_candidate for protocol in protocols]
        end_gathering(ice, hosts + await self._ask_stun_server(protocols))

    async def _open(self, ice: Connection, address: str) -> None:
        """Open a socket of that address, if there is a port for it."""
        loop = asyncio.get_running_loop()
        for port in self._ports.candidates() if self._ports is not None else (0,):
            try:
                bound = bind_udp(address, port, UDP_SOCKET_BUFFER_SIZE)
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
                if error.errno in EXHAUSTED:
                    raise  # no other port helps
                return  # the address is new and not usable yet
            _, protocol = await loop.create_datagram_endpoint(
                partial(StunProtocol, ice), sock=bound
            )
            protocol.local_candidate = host_candidate(address, bound.getsockname()[1])
            ice._protocols.append(protocol)
            return

    async def _ask_stun_server(self, protocols: list[StunProtocol]) -> list[Candidate]:
        """The server-reflexive candidates, as far as they are known soon."""
        server = self._stun_server
        if server is None or (address := server.address) is None:
            return []
        tasks = [
            asyncio.ensure_future(server_reflexive_candidate(protocol, address))
            for protocol in protocols
            if ":" not in protocol.local_candidate.host  # aioice asks for IPv4 only
        ]
        try:
            done, late = await asyncio.wait(tasks, timeout=STUN_WAIT_S) if tasks else ((), ())
        finally:
            for task in tasks:
                task.cancel()
        server.count_unanswered(len(late))
        return [task.result()[0] for task in done if task.exception() is None]
