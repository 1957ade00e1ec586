"""One UDP port for all sessions: on real sockets, and with learners on a real server."""

from __future__ import annotations

import asyncio
import re
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aioice import stun
from aioice.ice import CandidatePair, Connection

from rtc_server.config import Config
from rtc_server.errors import BadConfig
from rtc_server.http.app_keys import GATHERER
from rtc_server.webrtc.aiortc_internals import ICE_CONNECTION, ice_transports
from rtc_server.webrtc.udp import aiortc_shared_port
from rtc_server.webrtc.udp.aiortc_shared_port import SharedPort
from rtc_server.webrtc.udp.stun_server import StunServer
from tests.integration.conftest import serving
from tests.integration.scripted_learner import ScriptedLearner
from tests.integration.webrtc.test_ice_restart import (
    check_that_it_goes_on,
    count_restarts,
    restart,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

PASSWORD = "p" * 22  # of each learner
MEDIA = bytes([128]) * 50
ADDRESSES = ("127.0.0.1", "::1")


def find_free_port() -> int:
    """A UDP port that is free at all of ADDRESSES."""
    while True:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
            one.bind(("::1", 0))
            port = int(one.getsockname()[1])
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                try:
                    other.bind(("127.0.0.1", port))
                except OSError:
                    continue
                return port


class OpenPort:
    """A shared port, and the machine's addresses, which a test may change."""

    def __init__(self, stun_server: StunServer | None = None) -> None:
        self.addresses = list(ADDRESSES)
        self.counts: Counter[str] = Counter()
        self.shared = SharedPort(
            find_free_port(),
            on_dropped=self.count,
            on_lost=self.count,
            stun_server=stun_server,
            list_addresses=lambda: self.addresses,
        )
        self.shared.open()

    def count(self, reason: str) -> None:
        self.counts[reason] += 1

    async def add_session(self, learner: str = "learner") -> Any:
        """An ICE connection that waits for the checks of a learner."""
        ice: Any = Connection(ice_controlling=False)
        ice.remote_username, ice.remote_password = learner, PASSWORD
        await self.shared.gather(ice)
        ice._early_checks_done = True  # as after `connect`
        return ice


def learner_socket(address: str) -> socket.socket:
    own = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    own.bind((address, 0))
    own.setblocking(False)
    return own


def check(ice: Any, learner: str = "learner", password: str | None = None) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ice.local_username}:{learner}"
    message.attributes["PRIORITY"] = 1
    message.attributes["ICE-CONTROLLING"] = 1
    message.add_message_integrity((password or ice.local_password).encode())
    return bytes(message)


async def receive(own: socket.socket, kind: stun.Class) -> tuple[stun.Message, Any]:
    """The next message of that class, and where it comes from."""
    while True:
        data, address = await asyncio.get_running_loop().sock_recvfrom(own, 2000)
        message = stun.parse_message(data)
        if message.message_class == kind:
            return message, address


@pytest_asyncio.fixture(loop_scope="module")
async def port() -> AsyncIterator[OpenPort]:
    opened = OpenPort()
    yield opened
    opened.shared.close()


@pytest.mark.parametrize("address", ADDRESSES)
async def test_sessions_share_the_port_and_get_their_own_packets(
    port: OpenPort, address: str
) -> None:
    target = (address, port.shared.port)
    ann, bob = [await port.add_session() for _ in "ab"]
    with closing(learner_socket(address)) as anns, closing(learner_socket(address)) as bobs:
        for ice, own in ((ann, anns), (bob, bobs)):
            own.sendto(MEDIA, target)
            await wait_until(lambda: port.counts["stranger"])
            own.sendto(check(ice), target)
            _, came_from = await receive(own, stun.Class.RESPONSE)
            assert came_from[:2] == target
            own.sendto(MEDIA + ice.local_username.encode(), target)
        for ice in (ann, bob):
            data, _ = await ice._queue.get()
            assert data == MEDIA + ice.local_username.encode()
            assert ice._queue.empty()
    assert port.counts == {"stranger": 2}
    await asyncio.gather(ann.close(), bob.close())
    assert port.shared.entries == 0


async def test_a_stranger_takes_no_address(port: OpenPort) -> None:
    """With a guessed name but not the password, and with a session and a forged sender."""
    target = (ADDRESSES[0], port.shared.port)
    ann, bob = [await port.add_session() for _ in "ab"]
    with closing(learner_socket(ADDRESSES[0])) as own:
        own.sendto(check(ann, password="x" * 22), target)
        await receive(own, stun.Class.ERROR)
        own.sendto(MEDIA, target)
        await wait_until(lambda: port.counts["stranger"])
        own.sendto(check(ann), target)
        await receive(own, stun.Class.RESPONSE)
        own.sendto(check(bob), target)  # as if somebody wrote the same sender on it
        await receive(own, stun.Class.RESPONSE)
        own.sendto(MEDIA, target)
        assert (await ann._queue.get())[0] == MEDIA and bob._queue.empty()
        # What comes from there in answer to the check of that session nobody can forge.
        while True:
            request, _ = await receive(own, stun.Class.REQUEST)
            if request.attributes["USERNAME"].endswith(bob.local_username):
                break
        response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
        response.attributes["XOR-MAPPED-ADDRESS"] = target
        response.add_message_integrity(PASSWORD.encode())
        own.sendto(bytes(response), target)
        await wait_until(lambda: bob._check_list[0].state == CandidatePair.State.SUCCEEDED)
        own.sendto(MEDIA, target)
        assert (await bob._queue.get())[0] == MEDIA and ann._queue.empty()
    await asyncio.gather(ann.close(), bob.close())
    assert port.shared.entries == 0


async def test_addresses_come_and_go(port: OpenPort) -> None:
    port.addresses = ["127.0.0.1"]
    first = await port.add_session()
    assert [c.host for c in first.local_candidates] == ["127.0.0.1"]
    port.addresses = ["127.0.0.8", "127.0.0.1"]
    second = await port.add_session()
    assert {c.host for c in second.local_candidates} == set(port.addresses)
    assert {c.port for c in second.local_candidates} == {port.shared.port}
    await second.close()
    port.addresses = ["127.0.0.8"]  # the first session still has the other one
    third = await port.add_session()
    assert {c.host for c in third.local_candidates} == {"127.0.0.1", "127.0.0.8"}
    await asyncio.gather(first.close(), third.close())
    fourth = await port.add_session()
    assert [c.host for c in fourth.local_candidates] == ["127.0.0.8"]
    await fourth.close()


async def test_a_port_that_is_taken_is_one_sentence() -> None:
    with closing(learner_socket("127.0.0.1")) as taken:
        number = taken.getsockname()[1]
        shared = SharedPort(
            number,
            on_dropped=print,
            on_lost=print,
            list_addresses=lambda: ["127.0.0.8", "127.0.0.1"],
        )
        with pytest.raises(BadConfig, match=f"got {number} at 127.0.0.1: Address already in use"):
            shared.open()
        with closing(learner_socket("127.0.0.8")) as free:
            assert free  # nothing is left open


async def test_no_answer_waits_for_a_stun_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that says nothing; what it says later is in the answers after that."""
    monkeypatch.setattr(aiortc_shared_port, "ASK_AGAIN", 20)
    loop = asyncio.get_running_loop()
    with closing(learner_socket("127.0.0.1")) as silent:
        server = StunServer("127.0.0.1", silent.getsockname()[1], lambda _: None)
        server.address = silent.getsockname()
        opened = OpenPort(server)
        asking = asyncio.create_task(opened.shared.ask_stun_server())
        request, sender = await loop.sock_recvfrom(silent, 2000)
        ice = await opened.add_session()
        assert [c.type for c in ice.local_candidates] == ["host", "host"]
        response = stun.Message(
            stun.Method.BINDING, stun.Class.RESPONSE, stun.parse_message(request).transaction_id
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = ("192.0.2.7", 4321)
        silent.sendto(bytes(response), sender)
        (socket_there,) = (s for a, s in opened.shared._sockets.items() if a == "127.0.0.1")
        await wait_until(lambda: socket_there.reflexive)
        later = await opened.add_session()
        (mapped,) = (c for c in later.local_candidates if c.type == "srflx")
        assert (mapped.host, mapped.port, mapped.related_address) == (
            "192.0.2.7",
            4321,
            "127.0.0.1",
        )
        asking.cancel()
        await asyncio.gather(ice.close(), later.close())
        opened.shared.close()


def list_udp_inodes() -> Iterator[str]:
    """Those of this process's UDP sockets."""
    tables = "".join(Path(f"/proc/net/{name}").read_text() for name in ("udp", "udp6"))
    known = {line.split()[9] for line in tables.splitlines() if not line.startswith(" sl")}
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if (match := re.fullmatch(r"socket:\[(\d+)\]", target)) and match[1] in known:
            yield match[1]


def count_own_sockets(learner: ScriptedLearner) -> int:
    transports = ice_transports(learner.connection)
    return sum(len(getattr(transport, ICE_CONNECTION)._protocols) for transport in transports)


async def test_learners_of_a_server_share_its_port(configured: Callable[..., Config]) -> None:
    port = find_free_port()
    async with (
        serving(configured(udp_port=port, max_sessions=4, silence_timeout_s=600)) as server,
        AsyncExitStack() as all,
    ):
        sockets = Counter(list_udp_inodes())
        learners: list[ScriptedLearner] = []
        for _ in range(3):
            learner = await all.enter_async_context(ScriptedLearner(server.url))
            learners.append(learner)
            answer = learner.connection.remoteDescription.sdp
            offered = {
                line.split()[5] for line in answer.splitlines() if line.startswith("a=candidate")
            }
            assert offered == {str(port)}
            learner.send("hello", protocol=1, client="test")
        for learner in learners:
            assert (await learner.wait_for(type="welcome"))["session"] == learner.id
        # A session that restarts ICE has another user name at the same port.
        await restart(learners[0])
        await wait_until(lambda: count_restarts(server, "switched") == 1)
        await check_that_it_goes_on(learners[0], server.sessions.find(learners[0].id))
        more = Counter(list_udp_inodes()) - sockets
        assert more.total() == sum(map(count_own_sockets, learners)), "the server opened some"
        await all.aclose()
        await server.wait_until_empty()
        gatherer = server.app[GATHERER]
        assert isinstance(gatherer, SharedPort) and gatherer.entries == 0
