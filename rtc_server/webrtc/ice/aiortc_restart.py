"""ICE restarts (RFC 8445, 9), which aiortc 1.16 and aioice 0.13 lack.

Another ICE connection is opened beside the one in use, and takes its place below DTLS once a pair
of candidates is nominated. What comes by either is read meanwhile; DTLS, SRTP and SCTP notice
nothing. tests/integration/webrtc/test_ice_restart.py fails when a private part that is used here
moves.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeAlias

from aioice.ice import Connection
from aiortc import RTCIceCandidate, RTCIceTransport
from aiortc.rtcicetransport import candidate_from_aioice, candidate_to_aioice
from aiortc.sdp import candidate_to_sdp

from rtc_server.webrtc.aiortc_internals import ICE_CONNECTION
from rtc_server.webrtc.ice.aiortc_ice import list_candidate_addresses
from rtc_server.webrtc.rtp.aiortc_receiver import DATA_RECEIVED, QUEUE

GATHERER = "_RTCIceTransport__iceGatherer"
MONITOR_TASK = "_RTCIceTransport__monitor_task"
MONITOR = "_monitor"
RECEIVE, SEND = "_recv", "_send"
SERVERS = (
    *("stun_server", "turn_server", "turn_username", "turn_password", "turn_ssl"),
    *("turn_transport", "ice_controlling"),
)


IceConnection: TypeAlias = Any  # aioice's Connection, whose types aioice does not tell mypy


class IceSuccessor:
    """The ICE connection that is to take the place of a transport's."""

    def __init__(self, transport: RTCIceTransport) -> None:
        self._transport = transport
        predecessor = getattr(transport, ICE_CONNECTION)
        self.ice: IceConnection = Connection(
            **{name: getattr(predecessor, name) for name in SERVERS},
            transport_policy=predecessor._transport_policy,
        )
        getattr(self.ice, QUEUE)  # setattr alone would not notice that the attribute has moved
        setattr(self.ice, QUEUE, getattr(predecessor, QUEUE))
        if DATA_RECEIVED in vars(predecessor):  # what stands before the queue
            setattr(self.ice, DATA_RECEIVED, getattr(predecessor, DATA_RECEIVED))
        self._is_in_use = False

    async def addIceCandidate(self, candidate: RTCIceCandidate) -> None:
        """Add a candidate of the peer's."""
        await self.ice.add_remote_candidate(candidate_to_aioice(candidate))

    def list_addresses(self) -> set[str]:
        """The addresses of this machine from which it sends, also as others see them."""
        return list_candidate_addresses(
            [candidate_from_aioice(one) for one in self.ice.local_candidates]
        )

    def describe(self) -> str:
        """Its user name, its password and its candidates, as lines of SDP; gather them first."""
        candidates = [candidate_from_aioice(one) for one in self.ice.local_candidates]
        lines = [
            f"a=ice-ufrag:{self.ice.local_username}",
            f"a=ice-pwd:{self.ice.local_password}",
            *(f"a=candidate:{candidate_to_sdp(one)}" for one in candidates),
            "a=end-of-candidates",
        ]
        return "".join(f"{line}\r\n" for line in lines)

    async def connect(self, username: str, password: str) -> None:
        """Wait until a pair is nominated; with a peer that sends no checks, for ever.

        :param username: the peer's user name fragment.
        :raises ConnectionError: there will be none, or it is closed.
        """
        self.ice.remote_username, self.ice.remote_password = username, password
        await self.ice.connect()

    def take_over(self) -> IceConnection:
        """Use this connection from now on; return the one before, for `close_ice`.

        :raises ConnectionError: the transport is closed.
        """
        transport = self._transport
        if transport.state == "closed":
            raise ConnectionError("the transport is closed")
        predecessor = getattr(transport, ICE_CONNECTION)
        monitor_before = getattr(transport, MONITOR_TASK)
        self._is_in_use = True
        setattr(transport, ICE_CONNECTION, self.ice)
        setattr(getattr(transport, GATHERER), ICE_CONNECTION, self.ice)
        setattr(transport, RECEIVE, self.ice.recv)
        setattr(transport, SEND, self.ice.send)
        # The monitor of the one before would take its end for that of the transport.
        setattr(transport, MONITOR_TASK, asyncio.ensure_future(getattr(transport, MONITOR)()))
        monitor_before.cancel()
        setattr(predecessor, QUEUE, asyncio.Queue())
        return predecessor

    async def close(self) -> None:
        """Close the connection, if it has not taken over."""
        if not self._is_in_use:
            setattr(self.ice, QUEUE, asyncio.Queue())  # its end is not that of the one in use
            await close_ice(self.ice)


async def close_ice(ice: IceConnection) -> None:
    """Close a connection that is not in use any more; it may be begun again."""
    await ice.close()
