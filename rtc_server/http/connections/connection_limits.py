"""How many connections may be open, how long they may wait, and which has to go first. Pure.

A connection costs descriptors and memory from the moment it is accepted, before it has asked for
anything. Each one is therefore always in one phase, and each phase has its limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

# A request's line and headers fit one packet or a few; ten seconds are ample on a bad network.
HEAD_S = 10.0
BODY_S = 10.0  # a body of at most 64 KiB
KEEP_ALIVE_S = 15.0  # without a request; browsers open another connection
# A proxy keeps connections for many clients, and must not reuse one that is being closed: nginx
# and Caddy close their own end after at most 120 s without a request.
PROXY_KEEP_ALIVE_S = 180.0
# How slowly a client may read a response. A browser that pauses a video stops to read it, and asks
# for the rest with Range once it needs it.
STALL_S = 60.0
MIN_READ_RATE = 1024  # bytes/s on average, after the time above
# From when on a connection is closed if another client needs its place: its client does not read,
# or has sent no further request.
STALLED_S = 0.5
MAX_PER_ADDRESS = 128  # a class behind one address, with six connections for each browser
MAX_CONNECTIONS = 2048
MAX_SESSIONS = 1000
# Descriptors that are not for connections: each session has some ten sockets (ICE, one for each
# address of the machine), and the lessons, the database and the uploads have files.
RESERVED_DESCRIPTORS = 128
DESCRIPTORS_PER_SESSION = 16
DESCRIPTORS_PER_CONNECTION = 2  # its socket, and the file that is being sent


class Phase(Enum):
    """Who has to do something next."""

    WAITING = auto()  # the client has to send its request, or the rest of it
    HANDLED = auto()  # the server works
    ANSWERING = auto()  # the client has to read the response
    UPGRADED = auto()  # a WebSocket, whose session has its own limits


class Cuttable(Protocol):
    """The connection itself, as the limits see it."""

    def cut(self, reason: str) -> None:
        """Close the connection at once."""

    def count_bytes_read(self) -> int | None:
        """How much the client has received so far; None where the system does not say."""


@dataclass(slots=True, eq=False)
class OpenConnection:
    """What the limits know about one connection."""

    connection: Cuttable
    key: str  # what its client is counted by, see `forwarded.client_key`
    is_proxy: bool
    phase: Phase = Phase.WAITING
    since_s: float = 0.0  # when the phase began
    due_s: float = float("inf")  # when the phase must have ended
    heard: bool = False  # part of a request has arrived
    served: int = 0  # requests answered
    bytes_at_start: int = 0  # of the response
    bytes_read: int = 0
    read_s: float = 0.0  # when the client was last seen to read


@dataclass(slots=True)
class ConnectionLimits:
    """All open connections.

    :param most: how many there may be.
    :param most_per_address: how many one client may have; proxies may have more.
    """

    most: int = MAX_CONNECTIONS
    most_per_address: int = MAX_PER_ADDRESS
    _by_key: dict[str, dict[OpenConnection, None]] = field(default_factory=dict)
    _count: int = 0

    def __len__(self) -> int:
        return self._count

    def admit(self, new: OpenConnection, now_s: float) -> str | None:
        """Enter a new connection, closing another one for it where that is fair.

        :returns: None, or why there is no place for it: `address` or `total`.
        """
        same = self._by_key.get(new.key, {})
        if not new.is_proxy and len(same) >= self.most_per_address and not _evict(same, now_s):
            return "address"
        if self._count >= self.most and not self._evict_any(now_s):
            return "total"
        self._by_key.setdefault(new.key, {})[new] = None
        self._count += 1
        _begin(new, Phase.WAITING, now_s, HEAD_S)
        return None

    def release(self, connection: OpenConnection) -> None:
        """Forget a connection that is closed; one that was not entered is none of these."""
        same = self._by_key.get(connection.key, {})
        if connection in same:
            del same[connection]
            self._count -= 1
            if not same:
                del self._by_key[connection.key]

    def hear(self, connection: OpenConnection, now_s: float) -> None:
        """Data came: where it begins a request, that request must be complete in time."""
        if connection.phase is Phase.WAITING and not connection.heard:
            connection.heard = True
            connection.due_s = now_s + HEAD_S

    def handle(self, connection: OpenConnection, now_s: float) -> None:
        """The server works on a complete request."""
        _begin(connection, Phase.HANDLED, now_s, float("inf"))

    def wait_for_body(self, connection: OpenConnection, now_s: float) -> None:
        """The client has to send a small body. Who reads it keeps the time."""
        _begin(connection, Phase.WAITING, now_s, float("inf"))
        connection.heard = True

    def answer(self, connection: OpenConnection, now_s: float) -> None:
        """The client has to read the response."""
        _begin(connection, Phase.ANSWERING, now_s, float("inf"))
        read = connection.connection.count_bytes_read() or 0
        connection.bytes_at_start = connection.bytes_read = read
        connection.read_s = now_s

    def upgrade(self, connection: OpenConnection, now_s: float) -> None:
        """It is a WebSocket from now on, which sessions limit in number and in time."""
        _begin(connection, Phase.UPGRADED, now_s, float("inf"))

    def finish(self, connection: OpenConnection, now_s: float) -> None:
        """The response is sent; the client may send another request."""
        connection.served += 1
        keep_s = PROXY_KEEP_ALIVE_S if connection.is_proxy else KEEP_ALIVE_S
        _begin(connection, Phase.WAITING, now_s, keep_s)

    def sweep(self, now_s: float) -> None:
        """Close the connections whose clients were too slow; to be called about once a second."""
        for connection in list(self._all()):
            if connection.phase is Phase.ANSWERING:
                _look_at_reader(connection, now_s)
            elif now_s >= connection.due_s:
                connection.connection.cut("head" if connection.heard else "idle")

    def _all(self) -> Iterator[OpenConnection]:
        for connections in self._by_key.values():
            yield from connections

    def _evict_any(self, now_s: float) -> bool:
        """Close a connection of the client that has the most, if one of those can be closed."""
        hoards = sorted(self._by_key.values(), key=len, reverse=True)
        return any(_evict(connections, now_s) for connections in hoards)


def limit_sessions(descriptors: int) -> int:
    """How many sessions may be open with so many file descriptors, of which half are theirs."""
    free = (descriptors - RESERVED_DESCRIPTORS) // 2
    return max(1, min(MAX_SESSIONS, free // DESCRIPTORS_PER_SESSION))


def limit_connections(descriptors: int, max_sessions: int) -> int:
    """How many connections may be open with so many file descriptors; at least 16."""
    reserved = RESERVED_DESCRIPTORS + DESCRIPTORS_PER_SESSION * max_sessions
    free = (descriptors - reserved) // DESCRIPTORS_PER_CONNECTION
    return max(16, min(MAX_CONNECTIONS, free))


def _begin(connection: OpenConnection, phase: Phase, now_s: float, limit_s: float) -> None:
    connection.phase = phase
    connection.since_s = now_s
    connection.due_s = now_s + limit_s
    connection.heard = False


def _look_at_reader(connection: OpenConnection, now_s: float) -> None:
    """Note whether the client reads, and close the connection if it has not for too long."""
    read = connection.connection.count_bytes_read()
    if read is None:
        return
    if read > connection.bytes_read:
        connection.bytes_read, connection.read_s = read, now_s
    took_s = now_s - connection.since_s
    too_slow = read - connection.bytes_at_start < MIN_READ_RATE * took_s
    if now_s - connection.read_s >= STALL_S or (took_s >= STALL_S and too_slow):
        connection.connection.cut("reader")


def _evict(connections: Iterable[OpenConnection], now_s: float) -> bool:
    """Close the connection that is missed least, if there is one of these."""
    ranked = [(rank, c.since_s, c) for c in connections if (rank := _rank(c, now_s)) is not None]
    if not ranked:
        return False
    min(ranked, key=lambda entry: entry[:2])[2].connection.cut("crowded")
    return True


def _rank(connection: OpenConnection, now_s: float) -> int | None:
    """Which connections go first when others need their place; None for those that stay."""
    if connection.phase is Phase.WAITING and not connection.served:
        return 0
    if connection.phase is Phase.ANSWERING and now_s - connection.read_s >= STALLED_S:
        return 1
    if connection.phase is Phase.WAITING and now_s - connection.since_s >= STALLED_S:
        return 2
    return None
