"""A WebSocket at the front is one of its host's: order, back-pressure, its end, and who is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from rtc_server.cluster.errors import HostLost
from rtc_server.cluster.sockets import relayed_socket
from rtc_server.cluster.sockets.relayed_socket import RelayedSocket
from rtc_server.cluster.sockets.socket_relay import HOST_GONE, SocketRelay
from rtc_server.websocket.close_codes import CLOSINGS, TOO_BIG, Violation
from tests.unit.rtc_server.websocket.fake_socket import FakeSocket
from tests.waiting import wait_until


class Host:
    """The two calls of a host that a relay makes."""

    def __init__(self) -> None:
        self.socket = RelayedSocket()
        self.lost = asyncio.Event()

    async def ask(self, question: Any) -> Any:
        return await question(self)

    async def put_message(self, _: str, message: Any) -> None:
        if self.lost.is_set():
            raise HostLost("dead")
        await self.socket.put(message)

    async def take_message(self, _: str, frames: int) -> Any:
        taking = asyncio.create_task(self.socket.take(frames))
        losing = asyncio.create_task(self.lost.wait())
        await asyncio.wait({taking, losing}, return_when=asyncio.FIRST_COMPLETED)
        losing.cancel()
        if self.lost.is_set():
            taking.cancel()
            raise HostLost("dead")
        return taking.result()


@asynccontextmanager
async def relaying() -> AsyncIterator[tuple[FakeSocket, RelayedSocket, Host, asyncio.Task[None]]]:
    """The client's end, the session's end, the host, and the relay at work."""
    client, host = FakeSocket(), Host()
    relay: Any = host
    serving = asyncio.create_task(SocketRelay(client, "a.w1", relay).serve())
    async with asyncio.timeout(30):
        yield client, host.socket, host, serving
        host.socket.abort()
        await serving
    assert client.aborted


async def test_messages_come_in_their_order_both_ways() -> None:
    async with relaying() as (client, session, _, _):
        client.say("hello", b"picture", "ping")
        assert [await session.receive() for _ in range(3)] == ["hello", b"picture", "ping"]
        for message in ("welcome", b"drawn", "pong"):
            await session.send(message)
        assert client.sent == ["welcome", b"drawn", "pong"]


async def test_what_is_sent_after_a_pause_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relayed_socket, "TAKE_S", 0.0)
    async with relaying() as (client, session, _, _):
        for k in range(20):
            await session.send(f"message {k}")
        assert client.sent == [f"message {k}" for k in range(20)]


async def test_the_session_waits_while_the_client_takes_nothing() -> None:
    async with relaying() as (client, session, _, _):
        client.takes.clear()
        sending = asyncio.create_task(session.send("welcome"))
        await asyncio.wait({sending}, timeout=0)
        assert not sending.done()
        client.takes.set()
        await sending
        assert client.sent == ["welcome"]


async def test_the_client_waits_while_the_session_reads_nothing() -> None:
    async with relaying() as (client, session, _, _):
        client.say(*(f"message {k}" for k in range(20)))
        await wait_until(lambda: len(session._incoming) == relayed_socket.MAX_WAITING)
        assert client.frames_received <= relayed_socket.MAX_WAITING + 1
        assert [await session.receive() for _ in range(20)] == [f"message {k}" for k in range(20)]


async def test_pongs_show_the_host_that_the_client_is_there() -> None:
    async with relaying() as (client, session, _, _):
        client.frames_received = 7
        await session.send_ping()
        await session.send_ping()
        assert session.frames_received == 7


async def test_a_client_that_closes_or_breaks_the_rules_is_known_to_the_session() -> None:
    async with relaying() as (client, session, _, _):
        client.say(None)
        assert await session.receive() is None
        await session.wait_until_gone()
    async with relaying() as (client, session, _, _):
        client.say(Violation(TOO_BIG, "too long"))
        with pytest.raises(Violation, match="too long"):
            await session.receive()


async def test_the_end_of_a_session_reaches_the_client_and_its_answer_the_session() -> None:
    async with relaying() as (client, session, _, serving):
        await session.send("summary")
        await session.send_close(CLOSINGS["finished"])
        await session.wait_until_gone()
        assert session.closed_by_both
        session.abort()
        await serving
        assert client.sent == ["summary", CLOSINGS["finished"]]


async def test_a_client_whose_host_dies_is_told_to_open_another_session() -> None:
    async with relaying() as (client, _, host, serving):
        host.lost.set()
        await serving
        assert client.sent == [HOST_GONE] and HOST_GONE.code == 4000
