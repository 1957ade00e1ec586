"""What comes to an ICE socket: only what can be of the session's own learner is read."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aioice import Candidate, stun
from aiortc import RTCConfiguration, RTCIceParameters, RTCPeerConnection

from rtc_server.webrtc.ice import aiortc_ice
from tests.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

LEARNER = "abcd"


class GuardedSocket:
    """An ICE socket with its guard, and a learner's socket that sends to it."""

    def __init__(self, connection: RTCPeerConnection) -> None:
        self.checked = asyncio.Event()
        self.dropped: Counter[str] = Counter()
        self.errors: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, error: self.errors.append(error))
        aiortc_ice.IceGuard(connection, self.checked.set, self._on_dropped)
        (transport,) = aiortc_ice.ice_transports(connection)
        self.ice: Any = getattr(transport, aiortc_ice.ICE_CONNECTION)
        self.ice.remote_username, self.ice.remote_password = LEARNER, "p" * 22
        self.ice._early_checks_done = True  # as after `connect`
        (self.address, *_) = [
            p.transport.get_extra_info("sockname")
            for p in self.ice._protocols
            if ":" not in p.local_candidate.host
        ]
        self.learner = self.open_socket()

    def _on_dropped(self, reason: str) -> None:
        self.dropped[reason] += 1

    def open_socket(self) -> socket.socket:
        learner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        learner.bind((self.address[0], 0))
        learner.setblocking(False)
        return learner

    def check(self, *, without: str = "", user: str | None = None) -> bytes:
        """A learner's connectivity check."""
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        message.attributes["USERNAME"] = f"{user or self.ice.local_username}:{LEARNER}"
        message.attributes["PRIORITY"] = 1
        message.attributes["ICE-CONTROLLED"] = 1
        message.attributes.pop(without, None)
        message.add_message_integrity(self.ice.local_password.encode())
        return bytes(message)

    def send(self, data: bytes) -> None:
        self.learner.sendto(data, self.address)


@pytest_asyncio.fixture(loop_scope="module")
async def guarded() -> AsyncIterator[GuardedSocket]:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.createDataChannel("control")
    await connection.setLocalDescription(await connection.createOffer())
    guarded = GuardedSocket(connection)
    yield guarded
    guarded.learner.close()
    await connection.close()
    assert guarded.errors == []
    asyncio.get_running_loop().set_exception_handler(None)


@pytest.mark.parametrize("first_byte", [20, 64, 128, 255])
async def test_data_is_read_from_the_learners_address_only(
    guarded: GuardedSocket, first_byte: int
) -> None:
    guarded.send(bytes([first_byte]) * 50)
    await wait_until(lambda: guarded.dropped["stranger"] == 1)
    assert guarded.ice._queue.empty() and not guarded.checked.is_set()
    guarded.send(guarded.check())
    await wait_until(guarded.checked.is_set)
    guarded.send(bytes([first_byte]) * 50)
    await wait_until(lambda: not guarded.ice._queue.empty())
    assert guarded.dropped == {"stranger": 1}


async def test_a_check_that_names_another_session_is_not_answered(guarded: GuardedSocket) -> None:
    answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE)
    for data in (guarded.check(user="wrong"), bytes(answer), b"\x00\x01", b""):
        guarded.send(data)
    await wait_until(lambda: guarded.dropped.total() == 4)
    assert guarded.dropped == {"stranger": 1, "unsolicited": 1, "malformed": 2}
    with pytest.raises(BlockingIOError):
        guarded.learner.recv(1000)


async def test_a_check_that_aioice_fails_on_is_dropped(guarded: GuardedSocket) -> None:
    """A short PRIORITY, and none at all; asyncio would log a traceback for each."""
    short = guarded.check().replace(
        b"\x00\x24\x00\x04\x00\x00\x00\x01", b"\x00\x24\x00\x02\x00\x00\x00\x01"
    )
    for data in (short, guarded.check(without="PRIORITY")):
        guarded.send(data)
    await wait_until(lambda: guarded.dropped["malformed"] == 2)
    assert not guarded.checked.is_set()


async def test_checks_are_sent_to_a_bounded_number_of_addresses(guarded: GuardedSocket) -> None:
    sockets = [guarded.open_socket() for _ in range(aiortc_ice.MAX_ADDRESSES + 9)]
    for learner in sockets:
        learner.sendto(guarded.check(), guarded.address)
    await wait_until(lambda: guarded.dropped["too many"] == 9)
    assert len(guarded.ice._remote_candidates) == aiortc_ice.MAX_ADDRESSES
    for learner in sockets:
        learner.close()


async def test_a_peer_that_always_claims_a_role_conflict_is_given_up(
    guarded: GuardedSocket,
) -> None:
    requests = 0

    async def conflict(*_: Any, **__: Any) -> Any:
        nonlocal requests
        requests += 1
        response = stun.Message(stun.Method.BINDING, stun.Class.ERROR)
        response.attributes["ERROR-CODE"] = (487, "Role Conflict")
        raise stun.TransactionFailed(response)

    for protocol in guarded.ice._protocols:
        protocol.request = conflict
    host, port = guarded.learner.getsockname()
    await guarded.ice.add_remote_candidate(Candidate("1", 1, "udp", 1, host, port, "host"))
    pair = next(p for p in guarded.ice._check_list)
    guarded.ice.check_start_task(pair)
    await wait_until(lambda: pair.state == type(pair).State.FAILED)
    assert requests == aiortc_ice.MAX_TRIES


async def test_a_transport_that_is_closed_is_not_started() -> None:
    """aiortc starts those of lines that are not bundled one after the other, also after `close`."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.createDataChannel("control")
    await connection.setLocalDescription(await connection.createOffer())
    (transport,) = aiortc_ice.ice_transports(connection)
    aiortc_ice.IceGuard(connection, lambda: None, lambda _: None)
    await connection.close()
    await transport.start(RTCIceParameters())
    assert transport.state == "closed"


async def test_the_servers_own_addresses_are_known() -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.createDataChannel("control")
    await connection.setLocalDescription(await connection.createOffer())
    own = aiortc_ice.list_local_addresses(connection)
    assert own and all(f" {address} " in connection.localDescription.sdp for address in own)
    await connection.close()
