"""A peer with keys can neither keep DTLS busy nor break it for others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiortc import RTCCertificate, RTCDtlsTransport
from OpenSSL import SSL

from rtc_server.webrtc.limits import aiortc_dtls
from rtc_server.webrtc.limits.aiortc_dtls import bound_transport
from tests.waiting import wait_until

ALERT = 21  # a DTLS record's type


class Ice:
    """Takes the place of an ICE transport: its datagrams are put into the other end's queue."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.other: Ice | None = None
        self._connection: Any = self
        self._queue: asyncio.Queue[Any] = asyncio.Queue()
        self.sent: list[bytes] = []

    async def _recv(self) -> bytes:
        item = await self._connection._queue.get()
        if item is None:
            raise ConnectionError
        data: bytes = item[0]
        return data

    async def _send(self, data: bytes) -> None:
        assert self.other is not None
        self.sent.append(data)
        self.other._queue.put_nowait((data, 1))


class Handler:
    """Takes the place of SCTP."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.error: Exception | None = None

    async def _handle_data(self, data: bytes) -> None:
        self.received.append(data)
        if self.error is not None:
            raise self.error


class Pair:
    """A bounded transport and its peer, which has real keys."""

    def __init__(self) -> None:
        ices = Ice("controlled"), Ice("controlling")
        ices[0].other, ices[1].other = ices[1], ices[0]
        self.ice = ices[0]
        self.server: Any
        self.peer: Any
        self.server, self.peer = (
            RTCDtlsTransport(ice, [RTCCertificate.generateCertificate()])  # type: ignore[arg-type]
            for ice in ices
        )
        self.failures = 0
        self.handler = Handler()
        bound_transport(self.server, self._on_failures)
        self.server._register_data_receiver(self.handler)

    def _on_failures(self) -> None:
        self.failures += 1

    async def connect(self) -> None:
        await asyncio.gather(
            self.server.start(self.peer.getLocalParameters()),
            self.peer.start(self.server.getLocalParameters()),
        )
        assert self.server.state == "connected"

    def encrypt(self, data: bytes) -> bytes:
        self.peer._ssl.send(data)
        record: bytes = self.peer._ssl.bio_read(1500)
        return record

    def inject(self, datagram: bytes) -> None:
        self.ice._queue.put_nowait((datagram, 1))

    async def stop(self) -> None:
        for end in (self.server, self.peer):
            await end.stop()
        await asyncio.sleep(0)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    connected = Pair()
    await connected.connect()
    yield connected
    await connected.stop()


async def test_all_records_of_a_datagram_are_handled_at_once(pair: Pair) -> None:
    pair.inject(b"".join(pair.encrypt(bytes([k])) for k in range(20)))
    await wait_until(lambda: pair.handler.received)
    assert pair.handler.received == [bytes([k]) for k in range(20)]


async def test_the_event_loop_has_its_turns_during_a_flood(pair: Pair) -> None:
    for _ in range(10 * aiortc_dtls.PACKETS_IN_A_ROW):
        pair.inject(b"\x80 no RTP")
    turns = 0
    while not pair.ice._queue.empty():
        turns += 1
        await asyncio.sleep(0)
    assert turns >= 9


async def test_what_a_handler_cannot_take_is_lost_alone(pair: Pair) -> None:
    reported: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    pair.handler.error = KeyError("unexpected")
    pair.inject(pair.encrypt(b"1"))
    await wait_until(lambda: reported)
    pair.handler.error = None
    pair.inject(pair.encrypt(b"2"))
    await wait_until(lambda: len(pair.handler.received) == 2)
    assert pair.server.state == "connected"
    assert pair.failures == 0


async def test_failures_without_end_close_the_connection(pair: Pair) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    pair.handler.error = KeyError("unexpected")
    for _ in range(aiortc_dtls.MAX_FAILURES):
        pair.inject(pair.encrypt(b"x"))
    await wait_until(lambda: pair.server.state == "closed")
    assert pair.failures == 1


async def test_the_peer_can_close(pair: Pair) -> None:
    await pair.peer.stop()
    await wait_until(lambda: pair.server.state == "closed")


async def test_nobody_renegotiates() -> None:
    """A handshake costs as much as a thousand packets."""
    pair = Pair()
    pair.peer._set_role("server")  # as browsers are, which offer: OpenSSL's clients do as they ask
    pair.server._set_role("client")
    await pair.connect()
    sent = len(pair.ice.sent)
    pair.peer._ssl.renegotiate()
    pair.peer._ssl.do_handshake()
    await pair.peer._write_ssl()
    await wait_until(lambda: len(pair.ice.sent) > sent)
    assert pair.ice.sent[-1][0] == ALERT
    assert pair.server._ssl.total_renegotiations() == 0
    await pair.stop()


class Broken:
    """Takes the place of pyOpenSSL's connection after a fatal alert."""

    def recv(self, _: int) -> bytes:
        raise SSL.Error([("SSL routines", "", "fatal alert")])

    def bio_write(self, data: bytes) -> int:
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: b""


async def test_a_fatal_alert_is_the_end(pair: Pair) -> None:
    pair.server._ssl._connection = Broken()
    pair.inject(pair.encrypt(b"x"))
    await wait_until(lambda: pair.server.state == "closed")


async def test_a_certificate_that_cannot_be_read_fails_the_handshake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reported: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    pair = Pair()

    def fail(*_: Any) -> None:
        raise ValueError("expected a serial number")

    monkeypatch.setattr(pair.server, "_validate_peer_identity", fail)
    await asyncio.gather(
        pair.server.start(pair.peer.getLocalParameters()),
        pair.peer.start(pair.server.getLocalParameters()),
    )
    assert pair.server.state == "failed"
    assert len(reported) == 1
    await pair.stop()
