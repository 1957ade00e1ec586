"""Bounds what a peer can do to a DTLS transport of aiortc 1.16: what it costs, and what it breaks.

tests/unit/rtc_server/webrtc/limits/test_aiortc_dtls.py fails when a private part moves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiortc import RTCDtlsTransport, RTCPeerConnection
from aiortc.rtcdtlstransport import State
from OpenSSL import SSL

from rtc_server.webrtc.aiortc_internals import dtls_transports
from rtc_server.webrtc.limits.aiortc_sctp import Misuse, bound_association

PACKETS_IN_A_ROW = 32  # then the event loop does something else
MAX_RECORD_BYTES = 1 << 14
MAX_FAILURES = 20
CERTIFICATE = "_RTCDtlsTransport__local_certificate"
CREATE_CONTEXT = "_create_ssl_context"
HANDSHAKE = "_do_handshake"
START = "start"
RECEIVE_NEXT = "_recv_next"
OPENSSL = "_ssl"
DATA_RECEIVER = "_data_receiver"


def bound_transports(connection: RTCPeerConnection, on_misuse: Callable[[Misuse], None]) -> None:
    """Bound what the peer can do to DTLS and SCTP; call it between the offer and the answer.

    :param on_misuse: called with what the peer did that no browser does.
    """
    if connection.sctp is not None:  # an encoder has no data channels
        bound_association(connection.sctp, on_misuse)
    for transport in dtls_transports(connection):
        bound_transport(transport, lambda: on_misuse("unexpected data"))


def bound_transport(dtls: RTCDtlsTransport, on_failures: Callable[[], None]) -> None:
    """Keep one transport within the limits above; call it before candidates are gathered.

    :param on_failures: called when aiortc has failed on MAX_FAILURES packets.
    """
    _forbid_renegotiation(getattr(dtls, CERTIFICATE))
    _BoundedTransport(dtls, on_failures)


def _forbid_renegotiation(certificate: Any) -> None:
    """A handshake costs as much as a thousand packets, and the peer may not change."""
    create_context = getattr(certificate, CREATE_CONTEXT)

    def create(**options: Any) -> SSL.Context:
        context: SSL.Context = create_context(**options)
        context.set_options(SSL.OP_NO_RENEGOTIATION)
        return context

    setattr(certificate, CREATE_CONTEXT, create)


class _BoundedTransport:
    """Stands before aiortc's handshake and its reading of the next packet."""

    def __init__(self, dtls: RTCDtlsTransport, on_failures: Callable[[], None]) -> None:
        self._dtls: Any = dtls  # its private parts are not typed
        self._on_failures = on_failures
        self._failures = 0
        self._in_a_row = 0
        self._loop = asyncio.get_running_loop()
        self._start = getattr(dtls, START)
        self._do_handshake = getattr(dtls, HANDSHAKE)
        self._receive_next = getattr(dtls, RECEIVE_NEXT)
        setattr(dtls, START, self.start)
        setattr(dtls, HANDSHAKE, self.do_handshake)
        setattr(dtls, RECEIVE_NEXT, self.receive_next)

    async def start(self, parameters: Any) -> None:
        """Make the handshake, and let it fail whatever the peer's certificate holds."""
        try:
            await self._start(parameters)
        except Exception as error:  # aiortc reads the peer's certificate without any check
            self._report(error)
            self._dtls._set_state(State.FAILED)

    async def do_handshake(self) -> None:
        setattr(self._dtls, OPENSSL, _OpenSslConnection(getattr(self._dtls, OPENSSL)))
        await self._do_handshake()

    async def receive_next(self) -> None:
        """Handle the next packet, and of DTLS all the records in it.

        :raises ConnectionError: the connection is closed.
        """
        self._in_a_row = (self._in_a_row + 1) % PACKETS_IN_A_ROW
        if self._in_a_row == 0:
            await asyncio.sleep(0)  # while packets are waiting, aiortc never lets the loop go on
        try:
            await self._receive_next()
            while data := getattr(self._dtls, OPENSSL).next_record():
                receiver = getattr(self._dtls, DATA_RECEIVER)
                if receiver is not None:
                    await receiver._handle_data(data)
        except ConnectionError:
            raise
        except SSL.Error as error:  # the handshake was tried too often
            raise ConnectionError("DTLS failed") from error
        except Exception as error:  # of a handler of aiortc's: that packet is lost, and no other
            self._report(error)
            self._failures += 1
            if self._failures == MAX_FAILURES:
                self._on_failures()
                raise ConnectionError("too many packets that could not be handled") from error

    def _report(self, error: Exception) -> None:
        self._loop.call_exception_handler(
            {"message": "aiortc could not handle a packet", "exception": error}
        )


class _OpenSslConnection:
    """Takes the place of pyOpenSSL's connection, which aiortc reads once for each datagram.

    A datagram may hold many records; what is not read gathers in OpenSSL's buffer. After a fatal
    alert OpenSSL reads nothing any more, and aiortc would go on to fill the buffer.
    """

    def __init__(self, connection: SSL.Connection) -> None:
        self._connection = connection
        self._unread = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def bio_write(self, data: bytes) -> int:
        self._unread = True
        return self._connection.bio_write(data)

    def recv(self, _: int) -> bytes:
        """The next record, whole.

        :raises SSL.WantReadError: there is none.
        :raises SSL.ZeroReturnError: the peer has closed the connection, or broken it.
        """
        try:
            return self._connection.recv(MAX_RECORD_BYTES)
        except SSL.WantReadError:
            self._unread = False
            raise
        except SSL.ZeroReturnError:
            raise
        except SSL.Error as error:
            raise SSL.ZeroReturnError from error

    def next_record(self) -> bytes:
        """The next record of the datagrams so far, or b"".

        :raises ConnectionError: the peer has closed the connection, or broken it.
        """
        if not self._unread:
            return b""
        try:
            return self.recv(MAX_RECORD_BYTES)
        except SSL.WantReadError:
            return b""
        except SSL.ZeroReturnError as error:
            raise ConnectionError("DTLS was closed by the peer") from error
