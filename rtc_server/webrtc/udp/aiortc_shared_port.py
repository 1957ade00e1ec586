"""One UDP port for all sessions, below the private parts of aioice 0.13.

There is a socket for each address of this machine, so that what is sent leaves from the address to
which the learner sends, and none for a session: aioice gets a `SharedProtocol` for each of them.
tests/integration/webrtc/test_shared_port.py fails when one of these parts moves.
"""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

from aioice import Candidate, stun
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import CandidatePair, Connection, StunProtocol
from aioice.utils import random_string

from rtc_server.errors import BadConfig
from rtc_server.webrtc.udp.aiortc_gatherer import (
    COMPONENT,
    begin_gathering,
    end_gathering,
    host_candidate,
    list_host_addresses,
)
from rtc_server.webrtc.udp.bind_failures import BindFailures
from rtc_server.webrtc.udp.demultiplexer import Address, Demultiplexer
from rtc_server.webrtc.udp.stun_server import StunServer
from rtc_server.webrtc.udp.udp_socket import BUFFER_BYTES, UdpSocket, bind_udp

logger = logging.getLogger(__name__)

USER_LENGTH = 16  # characters: aioice's four are guessed, and met twice, too easily
ASK_AGAIN = 2  # times, before a request counts as unanswered
ASK_EVERY_S = 20.0  # the STUN server: also keeps a NAT's mapping, which may end after 30 s
UNRESOLVED_S = 1.0
CHECK_INCOMING, CHECK_STATE = "check_incoming", "check_state"


class SharedPort:
    """The sockets of the port; sessions are told apart by what comes."""

    def __init__(
        self,
        port: int,
        *,
        on_dropped: Callable[[str], None],
        on_lost: Callable[[str], None],
        stun_server: StunServer | None = None,
        list_addresses: Callable[[], Sequence[str]] = list_host_addresses,
    ) -> None:
        """:param on_dropped: called with the reason for each datagram that is of no session.
        :param on_lost: called with the reason for each datagram that could not be sent.
        """
        self.port = port
        self._on_dropped = on_dropped
        self._on_lost = on_lost
        self._stun_server = stun_server
        self._list_addresses = list_addresses
        self._sockets: dict[str, SharedSocket] = {}
        self._failures = BindFailures()
        self._overflows_before = 0  # of sockets that are closed

    def open(self) -> None:
        """Listen on all addresses.

        :raises BadConfig: the port is taken or not allowed.
        """
        for address in self._list_addresses():
            try:
                self._add(address)
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES, errno.EPERM):
                    self.close()
                    raise BadConfig(
                        "udp_port: expected a UDP port that this server may use and nobody else "
                        f"does, got {self.port} at {address}: {error.strerror}"
                    ) from error
                self._report(address, error)
        given = min((s.udp.receive_buffer_bytes for s in self._sockets.values()), default=None)
        if given is not None and given < BUFFER_BYTES:
            logger.info(
                "the system gives UDP port %d a buffer of %d kB; with many learners set "
                "net.core.rmem_max and net.core.wmem_max to %d",
                *(self.port, given // 1000, BUFFER_BYTES),
            )

    async def gather(self, ice: Connection) -> None:
        """Give an ICE connection this port at all addresses; nothing is waited for."""
        if not begin_gathering(ice):
            return
        self._follow_addresses()
        ice._local_username = random_string(USER_LENGTH)
        sockets = list(self._sockets.values())
        protocols = [SharedProtocol(ice, socket) for socket in sockets]
        _listen_to_checks(ice)
        reflexive = [socket.reflexive for socket in sockets if socket.reflexive is not None]
        hosts = [protocol.local_candidate for protocol in protocols]
        ice._protocols += protocols
        end_gathering(ice, hosts + reflexive)

    async def ask_stun_server(self) -> None:
        """Keep the addresses outside a NAT known, until cancelled."""
        while (stun_server := self._stun_server) is not None:
            if stun_server.address is None:
                await asyncio.sleep(UNRESOLVED_S)
                continue
            sockets = [s for address, s in self._sockets.items() if ":" not in address]
            answered = await asyncio.gather(*(s.ask(stun_server.address) for s in sockets))
            stun_server.count_unanswered(answered.count(False))
            await asyncio.sleep(ASK_EVERY_S)

    def count_overflows(self) -> int:
        """How many datagrams the kernel has lost because they were not read in time."""
        open_now = sum(socket.udp.count_overflows() for socket in list(self._sockets.values()))
        return self._overflows_before + open_now

    @property
    def entries(self) -> int:
        """How much is kept of sessions that are open now."""
        return sum(socket.routes.entries for socket in self._sockets.values())

    def close(self) -> None:
        for address in list(self._sockets):
            self._remove(address)

    def _follow_addresses(self) -> None:
        """Listen on new addresses, and no longer on those that are gone and that nobody uses."""
        addresses = self._list_addresses()
        for address in self._sockets.keys() - addresses:
            if not self._sockets[address].routes.recipients:
                self._remove(address)
        for address in addresses:
            if address not in self._sockets:
                try:
                    self._add(address)
                except OSError as error:  # taken there, or not usable yet (IPv6: tentative)
                    self._report(address, error)
        self._failures.keep(addresses)

    def _report(self, address: str, error: OSError) -> None:
        """Log an address that cannot be used, once: each session tries it again."""
        reason = error.strerror or str(error)
        if self._failures.add(address, reason):
            logger.warning("UDP port %d at %s: %s", self.port, address, reason)

    def _add(self, address: str) -> None:
        self._sockets[address] = SharedSocket(address, self.port, self._on_dropped, self._on_lost)
        self._failures.remove(address)

    def _remove(self, address: str) -> None:
        socket = self._sockets.pop(address)
        self._overflows_before += socket.udp.count_overflows()
        socket.udp.close()


class SharedSocket:
    """The port at one local address."""

    def __init__(
        self,
        address: str,
        port: int,
        on_dropped: Callable[[str], None],
        on_lost: Callable[[str], None],
    ) -> None:
        """
        :raises OSError: the port is not available.
        """
        self.routes: Demultiplexer[StunProtocol] = Demultiplexer(on_dropped)
        self._on_dropped = on_dropped
        self.udp = UdpSocket(bind_udp(address, port), self._take, on_lost)
        self.reflexive: Candidate | None = None  # the port as others see it, behind a NAT

    async def ask(self, server: Address) -> bool:
        """Ask a STUN server how it sees this port; False: it does not answer."""
        asker = _Asker(self)
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        try:
            response, _ = await asker.request(request, server, retransmissions=ASK_AGAIN)
            host, port = response.attributes["XOR-MAPPED-ADDRESS"]
        except (stun.TransactionError, KeyError):
            self.reflexive = None
            return False
        is_translated = (host, port) != self.udp.address
        self.reflexive = (
            _reflexive_candidate(host, port, self.udp.address) if is_translated else None
        )
        return True

    def _take(self, data: bytes, address: Address) -> None:
        protocol = self.routes.find(data, address)
        if protocol is None:
            return
        try:
            protocol.datagram_received(data, address)
        except Exception:  # of any kind: others' datagrams come by the same socket
            self._on_dropped("malformed")


class SharedProtocol(StunProtocol):  # type: ignore[misc]
    """One session's part of a shared socket; aioice takes it for a socket of the session's own."""

    def __init__(self, ice: Connection, socket: SharedSocket) -> None:
        super().__init__(ice)
        self._user = ice.local_username.encode()
        self.socket = socket
        self.transport = cast(asyncio.DatagramTransport, _SharedTransport(self))
        self.transactions = _Transactions(self)
        self.local_candidate = host_candidate(*socket.udp.address)
        socket.routes.add(self._user, self)

    def detach(self) -> None:
        self.socket.routes.remove(self._user, self)


class _Asker(StunProtocol):  # type: ignore[misc]
    """Asks a STUN server; no session."""

    def __init__(self, socket: SharedSocket) -> None:
        super().__init__(cast(Connection, None))  # nothing but the answer is handed to it
        self.socket = socket
        self.transport = cast(asyncio.DatagramTransport, _SharedTransport(self))
        self.transactions = _Transactions(self)

    def detach(self) -> None:
        pass


class _SharedTransport:
    """What aioice uses of an asyncio.DatagramTransport."""

    def __init__(self, protocol: SharedProtocol | _Asker) -> None:
        self._protocol = protocol
        self._is_closing = False
        self.sendto = protocol.socket.udp.send

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._protocol.socket.udp.address if name == "sockname" else default

    def close(self) -> None:
        if not self._is_closing:
            self._is_closing = True
            self._protocol.detach()
            asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    abort = close


class _Transactions(dict[bytes, stun.Transaction]):
    """The requests of one protocol that wait for answers, which the socket knows, too."""

    def __init__(self, protocol: SharedProtocol | _Asker) -> None:
        super().__init__()
        self._protocol = protocol

    def __setitem__(self, id: bytes, transaction: stun.Transaction) -> None:
        super().__setitem__(id, transaction)
        self._protocol.socket.routes.expect(id, self._protocol)

    def __delitem__(self, id: bytes) -> None:
        super().__delitem__(id)
        self._protocol.socket.routes.forget(id)


def _listen_to_checks(ice: Any) -> None:
    """Tell the socket which addresses are the session's: those of checks that are authentic."""
    check_incoming = getattr(ice, CHECK_INCOMING)
    check_state = getattr(ice, CHECK_STATE)

    def receive_check(message: stun.Message, address: Address, protocol: StunProtocol) -> None:
        if isinstance(protocol, SharedProtocol):
            protocol.socket.routes.claim(address, protocol)
        check_incoming(message, address, protocol)

    def set_state(pair: CandidatePair, state: CandidatePair.State) -> None:
        check_state(pair, state)
        if state == CandidatePair.State.SUCCEEDED and isinstance(pair.protocol, SharedProtocol):
            pair.protocol.socket.routes.confirm(pair.remote_addr, pair.protocol)

    setattr(ice, CHECK_INCOMING, receive_check)
    setattr(ice, CHECK_STATE, set_state)


def _reflexive_candidate(host: str, port: int, own: Address) -> Candidate:
    return Candidate(
        foundation=candidate_foundation("srflx", "udp", own[0]),
        component=COMPONENT,
        transport="udp",
        priority=candidate_priority(COMPONENT, "srflx"),
        host=host,
        port=port,
        type="srflx",
        related_address=own[0],
        related_port=own[1],
    )
