"""A UDP socket of the event loop that reads what waits at once, and loses no burst."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable

from rtc_server.webrtc.udp.demultiplexer import Address

# Datagrams that are read in one iteration of the event loop. asyncio's transports read one, which
# is too few where iterations are long (`aiortc_internals.read_in_bursts`).
MAX_BURST = 512
MAX_DATAGRAM_BYTES = 1 << 16
# All sessions share the kernel's buffers: 20 webcams of 1 Mbit/s fill 4 MB in 1.6 s. The system may
# give less (Linux: net.core.rmem_max, net.core.wmem_max).
BUFFER_BYTES = 4 << 20
MAX_UNSENT = 4096  # datagrams that wait while the kernel's buffer is full
SO_MEMINFO, MEMINFO = 55, struct.Struct("9I")  # Linux; the last number is that of datagrams lost


def bind_udp(address: str, port: int, buffer_bytes: int = BUFFER_BYTES) -> socket.socket:
    """A socket of that local address and port; port 0 is any.

    :raises OSError: the address or the port is not available.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_DGRAM)
    try:
        bound.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            bound.setsockopt(socket.SOL_SOCKET, option, buffer_bytes)
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound


class UdpSocket:
    """Hands each datagram on, and sends; owned by whoever made it, who closes it."""

    def __init__(
        self,
        bound: socket.socket,
        on_datagram: Callable[[bytes, Address], None],
        on_lost: Callable[[str], None],
    ) -> None:
        """:param on_datagram: called with each datagram and the address that it comes from.
        :param on_lost: called with the reason for each datagram that is not sent.
        """
        self._socket = bound
        self._on_datagram = on_datagram
        self._on_lost = on_lost
        self._unsent: deque[tuple[bytes, Address]] = deque()
        self._loop = asyncio.get_running_loop()
        self._is_ipv6 = bound.family == socket.AF_INET6
        self.address: Address = bound.getsockname()[:2]
        self._loop.add_reader(bound, self._read)

    def send(self, data: bytes, address: Address) -> None:
        """Send now, or as soon as the kernel has room."""
        if not self._unsent and self._try_to_send(data, address):
            return
        if len(self._unsent) >= MAX_UNSENT:
            self._on_lost("send_queue")
            return
        if not self._unsent:
            self._loop.add_writer(self._socket, self._send_waiting)
        self._unsent.append((data, address))

    def count_overflows(self) -> int:
        """How many datagrams the kernel has lost because they were not read in time (Linux)."""
        try:
            info = self._socket.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, MEMINFO.size)
            return int(MEMINFO.unpack(info)[-1])
        except (OSError, struct.error):  # another system, or the socket is closed
            return 0

    @property
    def receive_buffer_bytes(self) -> int:
        """How large the kernel's buffer for what comes is."""
        return self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    def close(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()
            self._unsent.clear()

    def _read(self) -> None:
        receive, take, is_ipv6 = self._socket.recvfrom, self._on_datagram, self._is_ipv6
        try:
            for _ in range(MAX_BURST):
                data, address = receive(MAX_DATAGRAM_BYTES)
                take(data, address[:2] if is_ipv6 else address)
        except OSError:  # no datagram is left, or `take` has closed the socket
            pass

    def _try_to_send(self, data: bytes, address: Address) -> bool:
        """Return False if the kernel has no room."""
        try:
            self._socket.sendto(data, address)
        except BlockingIOError:
            return False
        except OSError:  # no route, or the socket is closed
            self._on_lost("unreachable")
        return True

    def _send_waiting(self) -> None:
        while self._unsent:
            if not self._try_to_send(*self._unsent[0]):
                return
            self._unsent.popleft()
        self._loop.remove_writer(self._socket)
