"""The private parts of aiortc 1.16 and aioice 0.13 behind a connection's UDP sockets.

Anybody can send to these sockets, and aioice takes whatever comes: it answers each STUN request,
keeps everything else until somebody reads it, and sends checks to each address from which an
authenticated request comes. `IceGuard` stands before it.

tests/integration/webrtc/test_aiortc_ice.py fails when one of these parts moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiortc import RTCIceCandidate, RTCIceParameters, RTCIceTransport, RTCPeerConnection

from rtc_server.webrtc.aiortc_internals import ICE_CONNECTION, ice_transports
from rtc_server.webrtc.udp.demultiplexer import MAX_STUN_BYTE, STUN_HEADER, is_request

START = "start"
MAX_ADDRESSES = 50  # of one learner: candidates, and addresses that checks come from (NAT, roaming)
MAX_TRIES = 8  # of one check; it is repeated after a role conflict (RFC 8445, 7.2.5.1)


def list_local_addresses(connection: RTCPeerConnection) -> set[str]:
    """The addresses of this machine from which the connection sends, also as others see them."""
    candidates = [
        candidate
        for transport in ice_transports(connection)
        for candidate in transport.iceGatherer.getLocalCandidates()
    ]
    return list_candidate_addresses(candidates)


def list_candidate_addresses(candidates: Sequence[RTCIceCandidate]) -> set[str]:
    """The addresses of candidates, and those that they relate to."""
    return {c.ip for c in candidates} | {c.relatedAddress for c in candidates if c.relatedAddress}


def guard_connection(
    ice: Any, on_checked: Callable[[], None], on_dropped: Callable[[str], None]
) -> None:
    """As `IceGuard`, for one connection of aioice."""
    _Guard(ice, on_checked, on_dropped)


class IceGuard:
    """Drops datagrams that cannot be of this connection's learner, and what is too much of them."""

    def __init__(
        self,
        connection: RTCPeerConnection,
        on_checked: Callable[[], None],
        on_dropped: Callable[[str], None],
    ) -> None:
        """Call it once the candidates are gathered, before the learner gets the answer.

        :param on_checked: called for each authenticated check of the learner.
        :param on_dropped: called with the reason for each datagram that is dropped.
        """
        transports = ice_transports(connection)
        self._guards = [
            _Guard(getattr(transport, ICE_CONNECTION), on_checked, on_dropped)
            for transport in transports
        ]
        for transport in transports:
            setattr(transport, START, _starter(transport))


def _starter(transport: RTCIceTransport) -> Callable[[RTCIceParameters], Awaitable[None]]:
    """A `start` that does nothing once the transport is closed.

    aiortc starts the transports of lines that are not bundled one after the other. Where the
    connection is closed meanwhile, the next `start` would raise in a task that nobody awaits.
    """
    start: Callable[[RTCIceParameters], Awaitable[None]] = getattr(transport, START)

    async def start_if_open(parameters: RTCIceParameters) -> None:
        if transport.state != "closed":
            await start(parameters)

    return start_if_open


class _Guard:
    """The guard of one aioice connection."""

    def __init__(
        self, ice: Any, on_checked: Callable[[], None], on_dropped: Callable[[str], None]
    ) -> None:
        self._ice = ice
        self._on_checked = on_checked
        self._on_dropped = on_dropped
        self._username = f"{ice.local_username}:".encode()
        self._known: set[tuple[str, int]] = set()
        self._tries: Counter[Any] = Counter()  # by pair
        self._check_incoming: Callable[..., None] = ice.check_incoming
        self._check_start: Callable[[Any], Awaitable[None]] = ice.check_start
        ice.check_incoming = self._receive_check
        ice.check_start = self._start_check
        for protocol in ice._protocols:
            protocol.datagram_received = self._receiver(protocol, protocol.datagram_received)

    def _receiver(
        self, protocol: Any, take: Callable[[bytes, Any], None]
    ) -> Callable[[bytes, Any], None]:
        def receive(data: bytes, address: Any) -> None:
            is_data = bool(data) and data[0] > MAX_STUN_BYTE
            if is_data:
                reason = self._refuse_data((address[0], address[1]))
            else:
                reason = self._refuse_stun(data, protocol)
            if reason is not None:
                self._on_dropped(reason)
                return
            try:
                if is_data:  # where aioice comes to when it finds that it is no STUN
                    self._ice.data_received(data, protocol.local_candidate.component)
                else:
                    take(data, address)
            except Exception:  # aioice's parser raises exceptions of any kind on bad attributes
                self._on_dropped("malformed")

        return receive

    def _refuse_data(self, address: tuple[str, int]) -> str | None:
        """Why not to read DTLS or RTP; None if it comes from an address of the learner."""
        if address not in self._known:
            if address not in [(c._network_host, c.port) for c in self._ice._remote_candidates]:
                return "stranger"
            self._known.add(address)
        return None

    def _refuse_stun(self, data: bytes, protocol: Any) -> str | None:
        """Why not to parse a STUN message: it answers no check, or does not name this session."""
        if len(data) < STUN_HEADER:
            return "malformed"
        if not is_request(data):
            return None if data[8:STUN_HEADER] in protocol.transactions else "unsolicited"
        return None if self._username in data else "stranger"

    def _receive_check(self, message: Any, address: tuple[str, int], protocol: Any) -> None:
        """An authenticated check came; aioice answers it with a check of that address."""
        if "PRIORITY" not in message.attributes:
            self._on_dropped("malformed")
            return
        remote = self._ice._remote_candidates
        is_new = address not in [(c._network_host, c.port) for c in remote]
        if is_new and len(remote) >= MAX_ADDRESSES:
            self._on_dropped("too many")
            return
        self._on_checked()
        self._check_incoming(message, address, protocol)

    async def _start_check(self, pair: Any) -> None:
        """Check a pair; a peer that answers each check with a role conflict ends nowhere."""
        self._tries[pair] += 1
        if self._tries[pair] <= MAX_TRIES:
            await self._check_start(pair)
        else:
            self._ice.check_state(pair, type(pair).State.FAILED)
            self._ice.check_complete(pair)
