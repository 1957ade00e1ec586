"""A connection closes within its time, whatever has become of its tasks."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.rtcrtpreceiver import RTCRtpReceiver
from aiortc.rtcrtpsender import RTCRtpSender

from rtc_server.webcam.frame_decoder import FrameDecoder
from rtc_server.webrtc import aiortc_closing, aiortc_decoder, aiortc_internals
from rtc_server.webrtc.aiortc_closing import DecoderStops, close_connection
from tests.waiting import PATIENCE_S, wait_until


async def gathered_connection() -> RTCPeerConnection:
    """A connection with sockets of its own that has not met its peer."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("video")
    connection.createDataChannel("control")
    await connection.setLocalDescription(await connection.createOffer())
    return connection


def open_sockets(connection: RTCPeerConnection) -> list[object]:
    """Those that the connection has gathered candidates on."""
    ice = getattr(connection.sctp.transport.transport, aiortc_internals.ICE_CONNECTION)
    return [p.transport for p in ice._protocols if not p.transport.is_closing()]


@pytest.mark.parametrize("part", ["receiver", "sender"])
async def test_a_task_that_died_without_a_word_delays_no_close_for_long(part: str) -> None:
    """As a receiver report that is too long for SRTCP ends aiortc's RTCP task."""
    connection = await gathered_connection()
    assert open_sockets(connection)
    died = getattr(connection.getTransceivers()[0], part)
    names = aiortc_closing.RECEIVER_TASKS if part == "receiver" else aiortc_closing.SENDER_TASKS
    prefix = f"_{type(died).__name__}__"
    assert getattr(died, prefix + "started") is False
    setattr(died, prefix + "started", True)
    for name in names:
        getattr(died, name.removesuffix("_task") + "_started").set()
        setattr(died, name, asyncio.create_task(asyncio.sleep(0)))
    assert not await close_connection(connection, timeout_s=0.05)
    await wait_until(lambda: not open_sockets(connection))


async def test_a_connection_that_closes_is_not_cut_off() -> None:
    assert await close_connection(await gathered_connection(), timeout_s=60.0)


async def test_a_decoder_is_stopped_without_waiting_for_what_it_decodes() -> None:
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    stops, may_end = DecoderStops(), threading.Event()
    stops.attach(receiver)
    waiting = getattr(receiver, aiortc_internals.DECODER_QUEUE)

    def decode() -> None:
        may_end.wait()
        assert waiting.get() is None  # what was queued is not decoded any more

    thread = threading.Thread(target=decode)
    setattr(receiver, aiortc_internals.DECODER_THREAD, thread)
    thread.start()
    for _ in range(10):
        waiting.put(("codec", "frame"))
    receiver._handle_disconnect()  # returns while the thread is at work
    assert thread.is_alive()
    assert getattr(receiver, aiortc_internals.DECODER_THREAD) is None
    may_end.set()
    await stops.wait()
    assert not thread.is_alive()
    await connection.close()


async def test_a_decoder_that_is_replaced_after_the_stop_was_attached_is_stopped() -> None:
    connection = RTCPeerConnection()
    receiver = connection.addTransceiver("video").receiver
    stops = DecoderStops()
    stops.attach(receiver)
    aiortc_decoder.replace_decoder(receiver, FrameDecoder(), lambda *_: None)
    waiting = getattr(receiver, aiortc_internals.DECODER_QUEUE)
    thread = threading.Thread(target=waiting.get, daemon=True)
    setattr(receiver, aiortc_internals.DECODER_THREAD, thread)
    thread.start()
    receiver._handle_disconnect()
    async with asyncio.timeout(PATIENCE_S):
        await stops.wait()
    await connection.close()


async def test_a_close_that_raises_is_a_connection_that_was_cut_off() -> None:
    connection = await gathered_connection()

    async def fail() -> None:
        raise ValueError("packet is too long")

    connection.sctp.stop = fail
    async with asyncio.timeout(PATIENCE_S):  # it does not wait for the time limit
        assert not await close_connection(connection, timeout_s=1e6)
    await wait_until(lambda: not open_sockets(connection))


async def test_a_close_that_swallows_its_cancellation_is_not_waited_for() -> None:
    connection, may_end = await gathered_connection(), asyncio.Event()

    async def hang() -> None:
        while not may_end.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await may_end.wait()

    connection.sctp.stop = hang
    async with asyncio.timeout(PATIENCE_S):
        assert not await close_connection(connection, timeout_s=0.05)
    may_end.set()
    await wait_until(lambda: not open_sockets(connection))


def test_the_tasks_and_the_stop_that_are_replaced_are_there() -> None:
    assert callable(getattr(RTCRtpReceiver, aiortc_closing.STOP_DECODER))
    names = RTCRtpReceiver.__init__.__code__.co_names + RTCRtpSender.__init__.__code__.co_names
    for name in (*aiortc_closing.RECEIVER_TASKS, *aiortc_closing.SENDER_TASKS):
        assert name in names
