"""A host with ten interfaces and a STUN server that never answers: what sessions gather there.

    unshare -rn python -m tests.integration.webrtc.ten_interfaces

Prints JSON. Needs a network namespace of its own, which it fills with interfaces.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
from collections import Counter
from typing import Any

from aioice.ice import Connection

from rtc_server.webrtc.udp.aiortc_gatherer import SessionSockets
from rtc_server.webrtc.udp.aiortc_shared_port import SharedPort
from rtc_server.webrtc.udp.stun_server import StunServer

PAIRS = 5


def run(command: str) -> None:
    subprocess.run(["ip", *command.split()], check=True)


def add_interfaces() -> None:
    run("link set lo up")
    for pair in range(PAIRS):
        run(f"link add a{pair} type veth peer name b{pair}")
        for end, number in (("a", 2 * pair), ("b", 2 * pair + 1)):
            run(f"addr add 10.9.{number}.1/24 dev {end}{pair}")
            run(f"link set {end}{pair} up")


def gather_at_once(port: SharedPort, ice: Connection) -> bool:
    """Whether it waits for anything at all."""
    gathering: Any = port.gather(ice)
    try:
        gathering.send(None)
    except StopIteration:
        return False
    return True


def count_hosts(ice: Any) -> int:
    kinds = Counter(candidate.type for candidate in ice.local_candidates)
    assert set(kinds) == {"host"}
    return kinds["host"]


async def main() -> None:
    add_interfaces()
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("10.9.0.1", 0))
    silent.setblocking(False)
    server = StunServer("10.9.0.1", silent.getsockname()[1], lambda _: None)
    server.address = silent.getsockname()
    port = SharedPort(50_000, on_dropped=print, on_lost=print, stun_server=server)
    port.open()
    asking = asyncio.create_task(port.ask_stun_server())
    await asyncio.get_running_loop().sock_recv(silent, 2000)
    shared: Any = Connection(ice_controlling=False)
    waits = gather_at_once(port, shared)
    asking.cancel()
    port.close()
    while True:
        try:
            silent.recv(2000)
        except BlockingIOError:
            break
    own: Any = Connection(ice_controlling=False)
    await SessionSockets(stun_server=server).gather(own)
    asked = {silent.recvfrom(2000)[1] for _ in range(10)}
    print(
        json.dumps(
            {
                "shared": {"host": count_hosts(shared), "waits": waits},
                "sockets": {"host": count_hosts(own), "asked": len(asked)},
            }
        )
    )


if __name__ == "__main__":
    asyncio.run(main())
