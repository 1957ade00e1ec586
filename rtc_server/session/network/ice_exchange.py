"""What a client sends about ICE after its offer: candidates, and restarts (RFC 9725, 4.3).

Restarts are possible from the client's first message until the connection is closed, also while
the session's result is made: after a live class that takes long, and the summary is still to come.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from rtc_server.errors import UnfitFragment
from rtc_server.session.connection import SessionConnection
from rtc_server.webrtc.connection import WebRtcConnection
from rtc_server.webrtc.trickle import Fragment

logger = logging.getLogger(__name__)

# A client knows before us that its channels are open, and a busy server reads late that they are.
OPENING_S = 2.0


class IceExchange:
    """That of one session: `begin` it with the session, `end` it before the connection closes."""

    def __init__(self, connection: SessionConnection, on_restart: Callable[[], None]) -> None:
        """:param on_restart: called when the learner asks for another way to the server."""
        self._connection = connection
        self._on_restart = on_restart
        self._restarts: asyncio.Task[None] | None = None

    @property
    def tag(self) -> str:
        """Identifies the ICE session; empty where there is none."""
        connection = self._connection
        return connection.ice_tag if isinstance(connection, WebRtcConnection) else ""

    async def add(self, fragment: Fragment, address: str) -> str | None:
        """Add candidates that come after the offer, or restart ICE and return the server's side.

        :param address: that of the learner's HTTP client now.
        :raises UnfitFragment: it does not belong to the offer, or there was none.
        :raises TooManyRestarts: of this session.
        """
        connection = self._connection
        if not isinstance(connection, WebRtcConnection):
            raise UnfitFragment("expected a session over WebRTC, got one over a WebSocket")
        try:
            answer = await connection.add_fragment(fragment, address)
        except UnfitFragment:
            if not await self._has_just_opened(connection):
                raise
            answer = await connection.add_fragment(fragment, address)
        if answer is not None:
            self._on_restart()
        return answer

    def begin(self) -> None:
        """Bring restarts to their ends from now on."""
        self._restarts = asyncio.create_task(self._connection.peer.run_restarts())

    async def end(self) -> None:
        """Give up a restart that waits; none is possible any more."""
        if (restarts := self._restarts) is None:
            return
        restarts.cancel()
        await asyncio.wait({restarts})
        if not restarts.cancelled() and (error := restarts.exception()) is not None:
            logger.error("ICE restarts of a session failed", exc_info=error)

    async def _has_just_opened(self, connection: WebRtcConnection) -> bool:
        """Whether the connection was not open yet, and is now, at most OPENING_S later."""
        is_open = connection.peer.channels_open
        if is_open.is_set() or not connection.peer.checked.is_set():
            return False
        try:
            async with asyncio.timeout(OPENING_S):
                await is_open.wait()
        except TimeoutError:
            return False
        return True
