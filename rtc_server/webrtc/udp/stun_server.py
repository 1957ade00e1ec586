"""The STUN server that this server asks for its addresses outside a NAT."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

logger = logging.getLogger(__name__)

RESOLVE_EVERY_S = 60.0
RESOLVE_TIMEOUT_S = 5.0


class StunServer:
    """Its address, which is looked up beside the sessions: none waits for a name server."""

    def __init__(self, host: str, port: int, on_unanswered: Callable[[int], None]) -> None:
        """:param on_unanswered: called with the number of requests without an answer in time."""
        self._host, self._port = host, port
        self.count_unanswered = on_unanswered
        self.address: tuple[str, int] | None = None  # None while it is not known

    async def keep_resolved(self) -> None:
        """Look the name up every minute, until cancelled; what was found before stays."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                async with asyncio.timeout(RESOLVE_TIMEOUT_S):
                    found = await loop.getaddrinfo(
                        *(self._host, self._port), family=socket.AF_INET, type=socket.SOCK_DGRAM
                    )
                self.address = (str(found[0][4][0]), self._port)
            except (OSError, TimeoutError, UnicodeError) as error:
                logger.warning(
                    "STUN server %s: expected a name with an IPv4 address, got: %s",
                    *(self._host, error or "no answer"),
                )
            await asyncio.sleep(RESOLVE_EVERY_S)
