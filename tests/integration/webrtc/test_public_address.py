"""A learner outside, who reaches nothing of the server but its public address, behind 1:1 NAT."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiortc import RTCSessionDescription
from aiortc.sdp import SessionDescription

from rtc_server.config import Config
from tests.integration.conftest import serving
from tests.integration.scripted_learner import ScriptedLearner

PUBLIC = "127.0.0.9"  # an address of this machine, which no socket of the server has
Address = tuple[str, int]


class _Translator(asyncio.DatagramProtocol):
    """One side of the NAT; it hands what arrives to the other side."""

    def __init__(self) -> None:
        self.transport: asyncio.DatagramTransport | None = None
        self.other: _Translator | None = None
        self.target: Address | None = None  # whom this side sends to; None: who came last
        self.last: Address | None = None
        self.packets = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: Address) -> None:
        self.last = address
        self.packets += 1
        assert self.other is not None and self.other.transport is not None
        if (target := self.other.target or self.other.last) is not None:
            self.other.transport.sendto(data, target)


@asynccontextmanager
async def translated(public: Address, private: Address) -> AsyncIterator[_Translator]:
    """Pass on what comes to a public address and port; replies come from there."""
    loop = asyncio.get_running_loop()
    outside, inside = _Translator(), _Translator()
    outside.other, inside.other, inside.target = inside, outside, private
    await loop.create_datagram_endpoint(lambda: outside, local_addr=public)
    await loop.create_datagram_endpoint(lambda: inside, local_addr=(private[0], 0))
    try:
        yield outside
    finally:
        for side in (outside, inside):
            assert side.transport is not None
            side.transport.close()


class _LearnerOutside(ScriptedLearner):
    """Sees only the candidates at the public address, and comes through the NAT."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.nat = AsyncExitStack()
        self.translators: list[_Translator] = []
        self._set_description = self.connection.setRemoteDescription
        self.connection.setRemoteDescription = self._set_public  # type: ignore[method-assign]

    def write_offer(self) -> str:
        """Without candidates: the server cannot reach an address inside another network."""
        return _keep_candidates(super().write_offer(), "none")

    async def _set_public(self, answer: RTCSessionDescription) -> None:
        ports = {
            candidate.port: (candidate.relatedAddress, candidate.relatedPort)
            for line in SessionDescription.parse(answer.sdp).media
            for candidate in line.ice_candidates
            if candidate.ip == PUBLIC
        }
        for port, private in ports.items():
            nat = translated((PUBLIC, port), private)
            self.translators.append(await self.nat.enter_async_context(nat))
        sdp = _keep_candidates(answer.sdp, PUBLIC)
        await self._set_description(RTCSessionDescription(sdp, answer.type))


def _keep_candidates(sdp: str, address: str) -> str:
    lines = (
        line
        for line in sdp.splitlines()
        if not line.startswith("a=candidate:") or f" {address} " in line
    )
    return "".join(f"{line}\r\n" for line in lines)


async def test_a_learner_outside_connects_to_the_public_address(
    configured: Callable[..., Config],
) -> None:
    async with serving(configured(public_addresses=(PUBLIC,))) as server:
        learner = _LearnerOutside(server.url)
        async with learner.nat, learner:
            learner.send("hello", protocol=1, client="outside")
            await learner.wait_for(type="welcome")
            assert any(side.packets for side in learner.translators)
            learner.send("bye")
