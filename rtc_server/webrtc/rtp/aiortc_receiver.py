"""Handles RTP and RTCP in the callback that reads it, by private parts of aiortc 1.16.

aiortc queues each datagram, wakes a task, and comes back to it through five coroutines. The
handlers of media never wait, so that they can run at once. What is DTLS, what comes before the keys
are there and what comes too fast still goes through the queue.
tests/unit/rtc_server/webrtc/rtp/test_aiortc_receiver.py fails when a private part moves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pylibsrtp
from aiortc import RTCDtlsTransport, clock
from aiortc.rtcdtlstransport import State
from aiortc.rtp import is_rtcp

from rtc_server.webrtc.aiortc_internals import ICE_CONNECTION, PACKETS_RECEIVED

DATA_RECEIVED, QUEUE = "data_received", "_queue"
DTLS_STATE, RECEIVING_SRTP = "_state", "_rx_srtp"
HANDLE_RTP_DATA, HANDLE_RTCP_DATA = "_handle_rtp_data", "_handle_rtcp_data"
BYTES_RECEIVED = "_RTCDtlsTransport__rx_bytes"
FIRST_MEDIA_BYTE, LAST_MEDIA_BYTE = 128, 191  # RFC 7983
PACKETS_AT_ONCE, WINDOW_S = 32, 0.005  # then they wait, and the event loop does something else


def handle_media_at_once(dtls: RTCDtlsTransport) -> None:
    """Let no packet of this transport wait; call it before the connection opens."""
    _MediaReceiver(dtls)


class _MediaReceiver:
    """Takes the place of aioice's putting into a queue."""

    def __init__(self, dtls: RTCDtlsTransport) -> None:
        for name in (PACKETS_RECEIVED, BYTES_RECEIVED, DTLS_STATE, RECEIVING_SRTP):
            getattr(dtls, name)  # the code below names them itself, which is faster
        self._dtls: Any = dtls  # its private parts are not typed
        ice = getattr(dtls.transport, ICE_CONNECTION)
        self._queue: asyncio.Queue[Any] = getattr(ice, QUEUE)
        self._now = asyncio.get_running_loop().time
        self._window_ends_s = 0.0
        self._left = 0
        getattr(ice, DATA_RECEIVED)
        setattr(ice, DATA_RECEIVED, self.take)

    def take(self, data: bytes, component: int) -> None:
        """Handle a datagram that is no STUN, or queue it for aiortc's task."""
        dtls = self._dtls
        if (
            not FIRST_MEDIA_BYTE <= data[0] <= LAST_MEDIA_BYTE
            or dtls._state is not State.CONNECTED
            or not self._queue.empty()
            or self._is_burst()
        ):
            self._queue.put_nowait((data, component))
            return
        dtls._RTCDtlsTransport__rx_bytes += len(data)
        dtls._RTCDtlsTransport__rx_packets += 1
        try:
            self._handle(data)
        except ConnectionError:
            self._queue.put_nowait(None)  # ends the task, as if the error had come to it

    def _is_burst(self) -> bool:
        now_s = self._now()
        if now_s >= self._window_ends_s:
            self._window_ends_s, self._left = now_s + WINDOW_S, PACKETS_AT_ONCE
        self._left -= 1
        return self._left < 0

    def _handle(self, data: bytes) -> None:
        """As `RTCDtlsTransport._recv_next`, for SRTP and SRTCP."""
        dtls = self._dtls
        try:
            if is_rtcp(data):
                run_at_once(dtls._handle_rtcp_data(dtls._rx_srtp.unprotect_rtcp(data)))
                return
            arrival_time_ms = clock.current_ms()
            packet = dtls._rx_srtp.unprotect(data)
            run_at_once(dtls._handle_rtp_data(packet, arrival_time_ms=arrival_time_ms))
        except pylibsrtp.Error:
            pass  # not authentic, or a repetition


def run_at_once(handler: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that waits for nothing.

    :raises RuntimeError: it does.
    """
    try:
        handler.send(None)
    except StopIteration:
        return
    handler.close()
    raise RuntimeError("expected a handler that does not wait")
