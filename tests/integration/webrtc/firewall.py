"""A learner's host behind a firewall that lets no UDP through, and says nothing about it.

    unshare -rn python -m tests.integration.webrtc.firewall probe
    unshare -rn python -m tests.integration.webrtc.firewall serve LESSONS COMMAND…

The server's network namespace is this process's, as in `two_networks`. `probe` prints as JSON what
comes through; `serve` runs a server, and the command with its URL at the end on the host.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.integration.webrtc.two_networks import SERVER, LearnersHost, serving, set_up_server

WIRE = "first"
NFT = "nft"  # Debian: nftables
# Of both hosts: what each receives. Nobody who sends hears of it, as behind a router that drops it.
RULES = f"""
table inet firewall {{
  chain received {{
    type filter hook input priority 0; policy accept;
    iifname {{ "{WIRE}", "learner-{WIRE}" }} meta l4proto udp drop
  }}
}}
"""
# Where people are no superusers, it is not on their path.
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
WAIT_S = 0.5
TRY = f"""
import socket
found = []
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
    with socket.socket(socket.AF_INET, kind) as own:
        own.settimeout({WAIT_S})
        try:
            own.connect(("{SERVER}", PORT))
            own.sendall(b"there?")
            found.append(own.recv(9).decode())
        except TimeoutError:
            found.append("nothing")
print(*found)
"""


def has_firewall() -> bool:
    """Whether this machine has a program that makes one."""
    return shutil.which(NFT, path=PATH) is not None


@contextmanager
def firewalled_host() -> Iterator[LearnersHost]:
    """The learner's host, with a wire on which UDP is dropped."""
    set_up_server()
    host = LearnersHost()
    try:
        host.plug_in(WIRE, "10.1.0")
        run_nft(host, RULES)
        yield host
    finally:
        host.close()


def run_nft(host: LearnersHost, rules: str) -> None:
    """Change the firewalls of both hosts."""
    for place in ((), host.inside):
        subprocess.run(
            [*place, NFT, "-f", "-"],
            input=rules.encode(),
            check=True,
            env=os.environ | {"PATH": PATH},
        )


async def probe() -> None:
    """Ask a server by TCP and by UDP from the host, without and with the firewall."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(9))
        writer.close()

    class Echo(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self._transport = transport

        def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
            self._transport.sendto(data, address)

    with firewalled_host() as host:
        server = await asyncio.start_server(answer, SERVER, 0)
        port = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(Echo, (SERVER, port), family=socket.AF_INET)

        async def ask() -> list[str]:
            script = TRY.replace("PORT", str(port))
            command = [*host.inside, sys.executable, "-c", script]
            return (await asyncio.to_thread(subprocess.check_output, command)).decode().split()

        found = {"with": await ask()}
        run_nft(host, "flush ruleset")
        print(json.dumps({**found, "without": await ask()}))
        server.close()


async def serve(lessons: str, command: Sequence[str]) -> int:
    """Run a server, and the command on the host; its exit status."""
    with firewalled_host() as host:
        async with serving(lessons) as (url, _):
            program = await asyncio.create_subprocess_exec(*host.inside, *command, url)
            return await program.wait()


if __name__ == "__main__":
    if sys.argv[1] == "probe":
        asyncio.run(probe())
    else:
        sys.exit(asyncio.run(serve(sys.argv[2], sys.argv[3:])))
