"""Asks a TURN server for a relayed address, to find out whether clients will get one."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable

from aioice import stun, turn

from rtc_server.ice_servers import IceServer

logger = logging.getLogger(__name__)

CHECK_TIMEOUT_S = 5.0
PARTS = re.compile(
    r"(?P<scheme>turns?):\[?(?P<host>[^?\]]+?)\]?(?::(?P<port>\d+))?(?:\?transport=(?P<transport>\w+))?"
)
PORTS = {"turn": 3478, "turns": 5349}  # RFC 7065, 3.2
REFUSED = (401, 441)  # RFC 8656, 18: unauthorized, wrong credentials
QUOTA_REACHED = 486


async def find_relay_problem(server: IceServer, url: str) -> str | None:
    """Why clients get no relayed address from a TURN server, in one sentence; None: they get one.

    :param url: one of the server's.
    """
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            await _allocate(server, url)
    except stun.TransactionFailed as failure:
        return f"{url}: {_explain(failure)}"
    except (TimeoutError, stun.TransactionTimeout):
        return f"{url}: expected an answer of the relay within {CHECK_TIMEOUT_S:.0f} s, got none"
    except Exception as error:  # of any kind: aioice does not check what a relay answers
        return f"{url}: expected a relay, got: {error or type(error).__name__}"
    return None


async def _allocate(server: IceServer, url: str) -> None:
    """Take an address and give it back at once."""
    parts = PARTS.fullmatch(url)
    if parts is None:
        raise ValueError("another URL")
    scheme = parts["scheme"]
    transport, _ = await turn.create_turn_endpoint(
        asyncio.DatagramProtocol,
        server_addr=(parts["host"], int(parts["port"] or PORTS[scheme])),
        username=server.username,
        password=server.credential,
        ssl=scheme == "turns",
        transport=parts["transport"] or ("tcp" if scheme == "turns" else "udp"),
    )
    transport.close()


def _explain(failure: stun.TransactionFailed) -> str:
    code, reason = failure.response.attributes.get("ERROR-CODE", (0, "no reason"))
    if code in REFUSED:
        return (
            f"the relay refuses the credentials ({code} {reason}): its secret (coturn: "
            "static-auth-secret) is not the server's turn_secret, or one of the clocks is wrong"
        )
    if code == QUOTA_REACHED:
        return f"the relay has no place left ({code} {reason})"
    return f"the relay refuses to give an address ({code} {reason})"


async def log_relay_problems(servers: Iterable[IceServer]) -> None:
    """Ask all relays at once, and warn of those that give clients no address."""

    async def check(server: IceServer, url: str) -> None:
        if (problem := await find_relay_problem(server, url)) is not None:
            logger.warning("clients that need a relay cannot connect: %s", problem)

    async with asyncio.TaskGroup() as group:
        for server in servers:
            for url in server.relay_urls:
                group.create_task(check(server, url))
