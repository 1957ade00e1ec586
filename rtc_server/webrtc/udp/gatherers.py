"""Opens the UDP ports that the settings ask for: any, a range, or one for all sessions."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.ice_servers import IceServer
from rtc_server.metrics import Metrics
from rtc_server.webrtc.aiortc_internals import find_stun_server
from rtc_server.webrtc.udp.aiortc_gatherer import (
    CandidateGatherer,
    SessionSockets,
    list_host_addresses,
)
from rtc_server.webrtc.udp.aiortc_shared_port import SharedPort
from rtc_server.webrtc.udp.port_range import PortRange
from rtc_server.webrtc.udp.stun_server import StunServer
from rtc_server.webrtc.udp.udp_socket import bind_udp


@asynccontextmanager
async def open_gatherer(config: Config, metrics: Metrics) -> AsyncIterator[CandidateGatherer]:
    """What all sessions gather their candidates by, until the block is left.

    :raises BadConfig: a port is taken or not allowed.
    """
    found = find_stun_server([IceServer((url,)) for url in config.ice_servers])
    stun_server = None if found is None else StunServer(*found, metrics.stun_unanswered.inc)
    port = _open_shared_port(config.udp_port, stun_server, metrics) if config.udp_port else None
    gatherer = SessionSockets(_open_range(config), stun_server) if port is None else port
    try:
        async with asyncio.TaskGroup() as group:
            tasks = []
            if stun_server is not None:
                tasks.append(group.create_task(stun_server.keep_resolved()))
                if port is not None:
                    tasks.append(group.create_task(port.ask_stun_server()))
            yield gatherer
            for task in tasks:
                task.cancel()
    finally:
        if port is not None:
            port.close()


def _open_shared_port(number: int, stun_server: StunServer | None, metrics: Metrics) -> SharedPort:
    port = SharedPort(
        number,
        on_dropped=metrics.counting("ice_refused"),
        on_lost=metrics.counting("udp_packets_lost"),
        stun_server=stun_server,
    )
    port.open()
    metrics.udp_overflows.set_function(port.count_overflows)
    return port


def _open_range(config: Config) -> PortRange | None:
    """The range of ports, if there is one; try at once whether one of them can be had."""
    numbers = config.udp_port_range
    if numbers is None:
        return None
    addresses = list_host_addresses()
    reason = ""
    for address in addresses:
        for number in numbers:
            try:
                bind_udp(address, number).close()
            except OSError as error:
                reason = error.strerror or ""
                if error.errno != errno.EADDRINUSE:
                    break  # so it is for all of this address
            else:
                return PortRange(numbers)
    if not addresses:
        return PortRange(numbers)
    raise BadConfig(
        f"udp_ports: expected a range in which a UDP port is free, got {config.udp_ports}: {reason}"
    )
