"""Lets a learner whose network has changed go on in the same session (RFC 9725, 4.3.2)."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from aiortc import RTCIceTransport

from rtc_server.errors import ServerFull, TandemError, UnfitFragment
from rtc_server.metrics import Metrics
from rtc_server.token_bucket import RateLimit, TokenBucket
from rtc_server.webrtc.aiortc_internals import read_protocols_in_bursts
from rtc_server.webrtc.ice.aiortc_ice import guard_connection
from rtc_server.webrtc.ice.aiortc_restart import IceSuccessor, close_ice
from rtc_server.webrtc.limits.aiortc_media import filter_connection
from rtc_server.webrtc.limits.datagram_filter import DatagramFilter
from rtc_server.webrtc.offers.candidates import CandidateFilter
from rtc_server.webrtc.offers.checks import PASSWORD, UFRAG
from rtc_server.webrtc.trickle import Fragment, Trickle
from rtc_server.webrtc.udp.aiortc_gatherer import CandidateGatherer

logger = logging.getLogger(__name__)

# A laptop that goes from one network to another and back in a minute needs a few.
LIMIT = RateLimit(per_s=0.1, burst=6)
CONNECT_TIMEOUT_S = 15.0  # then the connection before stays in use


class TooManyRestarts(TandemError):
    """A session restarts ICE more often than the server does it."""

    code = "too_many_restarts"


def make_ice_tag() -> str:
    """An entity tag that identifies an ICE session (RFC 9725, 4.3.1)."""
    return f'"{secrets.token_hex(8)}"'


@dataclass(frozen=True, slots=True)
class Restart:
    """One that waits for the learner's checks."""

    successor: IceSuccessor
    username: str
    password: str
    datagram_filter: DatagramFilter
    sockets: list[socket.socket]


class IceRestarts:
    """The restarts of one session: one at a time, the newest wins."""

    def __init__(
        self,
        transport: RTCIceTransport,
        gatherer: CandidateGatherer,
        metrics: Metrics,
        now: Callable[[], float],
        on_switched: Callable[[Restart], None],
        on_failed: Callable[[], None],
    ) -> None:
        """:param on_switched: called with a restart when its connection has come into use.
        :param on_failed: called when one is given up: the connection before stays in use.
        """
        self._transport = transport
        self._gatherer = gatherer
        self._metrics = metrics
        self._now = now
        self._on_switched = on_switched
        self._on_failed = on_failed
        self._bucket = TokenBucket(LIMIT, now())
        self._lock = asyncio.Lock()
        self._waiting: Restart | None = None
        self._closings: set[asyncio.Task[None]] = set()
        self._requested = asyncio.Event()
        self._has_ended = False

    async def begin(
        self, fragment: Fragment, trickle: Trickle, address: str
    ) -> tuple[str, Trickle]:
        """Open another ICE connection; return its description, and what adds candidates to it.

        :param trickle: of the ICE session before.
        :param address: that of the learner's HTTP client now.
        :raises UnfitFragment: its password cannot be one, or its candidates are too many.
        :raises TooManyRestarts: that is more often than the server does it.
        :raises ServerFull: there is no socket for it.
        """
        username, password = fragment.ufrag or "", fragment.password or ""
        if not UFRAG.fullmatch(username) or not PASSWORD.fullmatch(password):
            raise UnfitFragment(
                "expected candidates of the present ICE session, or for a restart a=ice-ufrag of 4 "
                "and a=ice-pwd of 22 to 256 ICE characters (RFC 8839, 5.4), got another a=ice-ufrag"
            )
        if not self._bucket.take(self._now()):
            self._metrics.ice_restarts.labels(how="refused").inc()
            raise TooManyRestarts("the session restarts ICE too often; try again in some seconds")
        async with self._lock:
            await self._abandon()
            self._waiting = restart = await self._open(username, password)
            try:
                candidates = CandidateFilter(address, restart.successor.list_addresses())
                following = trickle.restarted(restart.successor, username, candidates)
                await following.add(fragment)
                if self._has_ended:
                    raise UnfitFragment("expected a session that goes on, got one that is ending")
            except BaseException:
                await self._abandon()
                raise
            self._requested.set()
        return following.describe_line() + restart.successor.describe(), following

    async def _open(self, username: str, password: str) -> Restart:
        """Gather candidates, with the same limits before the sockets as of the first connection."""
        successor = IceSuccessor(self._transport)
        try:
            await self._gatherer.gather(successor.ice)
            if not successor.list_addresses():
                raise ServerFull("the server has no free socket, or no network")
            guard_connection(successor.ice, lambda: None, self._metrics.counting("ice_refused"))
            datagram_filter = filter_connection(
                successor.ice, self._now, self._metrics.counting("packets_refused")
            )
            sockets = read_protocols_in_bursts(successor.ice)
        except OSError as error:
            await self._close(successor.close())
            raise ServerFull(f"the server has no free socket: {error.strerror}") from error
        except BaseException:
            await self._close(successor.close())
            raise
        return Restart(successor, username, password, datagram_filter, sockets)

    async def run(self) -> None:
        """Bring each restart to its end, until cancelled."""
        try:
            while True:
                await self._requested.wait()
                self._requested.clear()
                if (restart := self._waiting) is not None:
                    await self._finish(restart)
        finally:
            self._has_ended = True
            await self._abandon()
            if self._closings:
                await asyncio.wait(self._closings)

    async def _finish(self, restart: Restart) -> None:
        successor = restart.successor
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await successor.connect(restart.username, restart.password)
            if restart is not self._waiting:
                # aioice begins to ask for consent after its `connect`, on a closed connection, too.
                await self._close(successor.close())
                raise ConnectionError("given up for a newer one")
            predecessor = successor.take_over()
        except (ConnectionError, TimeoutError):
            if restart is self._waiting:
                await self._abandon()
            return
        self._waiting = None
        self._metrics.ice_restarts.labels(how="switched").inc()
        self._on_switched(restart)
        await self._close(close_ice(predecessor))

    async def _abandon(self) -> None:
        """Give up the restart that waits, if there is one."""
        restart, self._waiting = self._waiting, None
        if restart is not None:
            self._metrics.ice_restarts.labels(how="failed").inc()
            self._on_failed()
            for duplicate in restart.sockets:
                duplicate.close()
            await self._close(restart.successor.close())

    async def _close(self, closing: Coroutine[Any, Any, None]) -> None:
        """Close in a task of its own, which `run` waits for at its end.

        aioice takes a cancellation while it closes for that of its own task, and so swallows it.
        """
        task = asyncio.ensure_future(closing)
        self._closings.add(task)
        task.add_done_callback(self._closings.discard)
        await asyncio.shield(task)
