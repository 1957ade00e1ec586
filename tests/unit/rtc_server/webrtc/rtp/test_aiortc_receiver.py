"""What is handled at once, and what still waits for aiortc's task."""

from __future__ import annotations

import asyncio

import pytest
from aiortc import rtp
from aiortc.rtcdtlstransport import RTCDtlsTransport, State

from rtc_server.webrtc.aiortc_internals import PACKETS_RECEIVED
from rtc_server.webrtc.rtp import aiortc_receiver
from rtc_server.webrtc.rtp.aiortc_receiver import PACKETS_AT_ONCE, handle_media_at_once
from tests.unit.rtc_server.webrtc.rtp.fake_transport import FakeTransport

DTLS_RECORD = b"\x17" + bytes(40)
REPORT = bytes(rtp.RtcpRrPacket(ssrc=1))


def media(number: int) -> bytes:
    return rtp.RtpPacket(96, 0, number, 0, 1, b"payload").serialize()


@pytest.fixture
async def dtls() -> FakeTransport:
    transport = FakeTransport()
    handle_media_at_once(transport)  # type: ignore[arg-type]
    return transport


def take(dtls: FakeTransport, *datagrams: bytes) -> None:
    for data in datagrams:
        dtls.ice.data_received(data, 1)


async def test_media_and_reports_are_handled_at_once_and_counted(dtls: FakeTransport) -> None:
    take(dtls, media(1), REPORT)
    assert dtls.handled == [media(1), REPORT]
    assert dtls.ice._queue.empty()
    assert getattr(dtls, PACKETS_RECEIVED) == 2
    assert dtls._RTCDtlsTransport__rx_bytes == len(media(1)) + len(REPORT)


async def test_dtls_waits_and_what_comes_after_it_too(dtls: FakeTransport) -> None:
    take(dtls, DTLS_RECORD, media(1))
    assert dtls.handled == []
    assert [dtls.ice._queue.get_nowait()[0] for _ in range(2)] == [DTLS_RECORD, media(1)]
    take(dtls, media(2))
    assert dtls.handled == [media(2)]


@pytest.mark.parametrize("state", [State.NEW, State.CONNECTING, State.CLOSED, State.FAILED])
async def test_without_keys_media_wait(dtls: FakeTransport, state: State) -> None:
    dtls._state = state
    take(dtls, media(1))
    assert dtls.handled == [] and dtls.ice._queue.qsize() == 1


async def test_of_a_burst_the_rest_waits(dtls: FakeTransport) -> None:
    take(dtls, *(media(k) for k in range(PACKETS_AT_ONCE + 5)))
    assert len(dtls.handled) == PACKETS_AT_ONCE
    assert dtls.ice._queue.qsize() == 5


async def test_the_end_of_the_connection_ends_the_task(dtls: FakeTransport) -> None:
    def fail() -> None:
        raise ConnectionError

    dtls.on_handle = fail
    take(dtls, media(1))
    assert dtls.ice._queue.get_nowait() is None


async def test_a_handler_that_waits_is_a_mistake(dtls: FakeTransport) -> None:
    dtls.on_handle = lambda: asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="does not wait"):
        take(dtls, media(1))


def test_what_is_done_in_aiortcs_place_is_what_it_does() -> None:
    receives = RTCDtlsTransport._recv_next.__code__.co_names
    for name in (
        *(aiortc_receiver.RECEIVING_SRTP, aiortc_receiver.HANDLE_RTP_DATA),
        *(aiortc_receiver.HANDLE_RTCP_DATA, aiortc_receiver.BYTES_RECEIVED, PACKETS_RECEIVED),
        *("unprotect", "unprotect_rtcp", "current_ms"),
    ):
        assert name in receives
