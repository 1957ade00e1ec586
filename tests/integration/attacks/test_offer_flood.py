"""Offers that are never completed, that name other people's addresses, or that are spoiled."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import pytest
from aioice import stun

from rtc_server.http.errors import MAX_BODY_BYTES
from tests.integration.attacks.conftest import Attack
from tests.integration.attacks.hostile_peer import HostilePeer, create_offer, post_offer
from tests.integration.attacks.server_process import ServerProcess
from tests.sdp_mutations import mutations
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

PLACES = 8  # of a server with its defaults
NEVER_CONNECTED = 'tandem_sessions_ended_total{how="never connected"}'
SPOILED = 150  # offers; make fuzz sends 10 000
CANDIDATE = "a=candidate:{} 1 udp 2113937151 {} {} typ host\r\n"


@pytest.fixture
def timed(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--timed"))


@contextmanager
def udp_sockets(count: int) -> Iterator[list[socket.socket]]:
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
        one.setblocking(False)
    try:
        yield sockets
    finally:
        for one in sockets:
            one.close()


def with_candidates(sdp: str, *candidates: str) -> str:
    """The offer with these candidates in its first section, and no others."""
    bare = re.sub(r"a=(candidate:.*|end-of-candidates)\r\n", "", sdp)
    return bare.replace("a=mid:0\r\n", "a=mid:0\r\n" + "".join(candidates))


async def test_offers_that_are_never_completed_keep_nobody_out(
    victim: ServerProcess, attack: Attack, timed: bool
) -> None:
    """From one address, which is also the good learner's."""
    ended = (await victim.metrics()).get(NEVER_CONNECTED, 0.0)
    sdp = await create_offer(victim.url)

    async def flood() -> None:
        while True:
            await post_offer(victim.url, sdp)
            await asyncio.sleep(0.1)

    async with attack():
        for _ in range(PLACES - 1):
            assert (await post_offer(victim.url, sdp))[0] == 201
        tries = 9 if timed else 1
        flooding = asyncio.create_task(flood()) if timed else None
        for _ in range(tries):
            await asyncio.sleep(0.6)  # the oldest claim is then old enough to be given away
            async with HostilePeer(victim.url) as learner:
                learner.send("hello", protocol=1)
                await learner.wait_for(type="welcome")
                learner.send("bye")
                await asyncio.wait_for(learner.closed.wait(), PATIENCE_S)
        if flooding is not None:
            flooding.cancel()
        await victim.wait_for_metric(NEVER_CONNECTED, ended + PLACES - 1)


async def test_the_server_sends_checks_to_twenty_addresses_at_most(
    victim: ServerProcess, attack: Attack
) -> None:
    sdp = await create_offer(victim.url)
    async with attack():
        with udp_sockets(90) as sockets:
            named = [CANDIDATE.format(k, *one.getsockname()) for k, one in enumerate(sockets)]
            received = [0] * len(sockets)

            def count() -> int:
                for k, one in enumerate(sockets):
                    try:
                        while one.recv(2000):
                            received[k] += 1
                    except BlockingIOError:
                        pass
                return max(received)

            status, body = await post_offer(victim.url, with_candidates(sdp, *named))
            assert status == 201, body
            # A check is repeated after 0.5 and 1.5 s; until then a new one is begun every 20 ms.
            await wait_until(lambda: count() >= 3)
            assert 0 < sum(map(bool, received)) <= 20
            too_many = with_candidates(sdp, *named, *named)
            assert (await post_offer(victim.url, too_many))[0] == 422


async def test_candidates_where_nobody_may_be_get_no_packet(
    victim: ServerProcess, attack: Attack
) -> None:
    named = [
        *(("224.0.0.251", 5353), ("255.255.255.255", 9999), ("0.0.0.0", 9999)),
        *(("127.0.0.1", 0), ("127.0.0.1", 53), ("127.0.0.1", 99_999), ("10.0.0.1", -1)),
        *(("somebody.local", 9999), ("example.org", 9999), ("ff02::1", 9999)),
    ]
    lines = [CANDIDATE.format(k, *address) for k, address in enumerate(named)]
    async with attack():
        sdp = await create_offer(victim.url)
        refused = 'tandem_candidates_refused_total{reason="%s"}'
        before = await victim.metrics()
        assert (await post_offer(victim.url, with_candidates(sdp, *lines)))[0] == 201
        after = await victim.metrics()
        for reason, count in (("address", 4), ("port", 4), ("name", 2)):
            assert after[refused % reason] - before.get(refused % reason, 0.0) == count


async def test_spoiled_offers_are_refused_and_leave_nothing(
    victim: ServerProcess, attack: Attack
) -> None:
    sdp = await create_offer(victim.url)
    unanswerable = sdp.replace("VP8/90000", "AV1/90000").replace("H264/90000", "VP9/90000")
    async with attack(), aiohttp.ClientSession() as http:
        spoiled = [text for text in mutations(sdp, SPOILED) if len(text) < MAX_BODY_BYTES // 2]
        for text in (*spoiled, *10 * [unanswerable]):
            body = {"type": "offer", "lesson": "short", "sdp": text}
            async with http.post(f"{victim.url}/api/sessions", json=body) as response:
                answer = await response.json(content_type=None)
                if response.status == 201:
                    await (await http.delete(victim.url + response.headers["Location"])).read()
                else:
                    code = answer["code"]
                    assert (response.status, code) in (
                        (400, "bad_offer"),
                        (422, "unfit_offer"),
                        (429, "too_many_offers"),
                    ), answer
        assert (response.status, code) == (422, "unfit_offer")


async def test_strangers_packets_to_a_sessions_port_are_dropped(
    victim: ServerProcess, attack: Attack
) -> None:
    """STUN with wrong credentials, STUN that is broken, and what looks like DTLS or RTP."""
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["USERNAME"] = "abcd:efgh"
    request.attributes["PRIORITY"] = 1
    request.add_message_integrity(b"wrong")
    broken = bytes(request)[:2] + b"\x00\x03" + bytes(request)[4:]
    junk = (bytes(request), broken, b"\x00\x01", b"\x16\xfe\xff" * 20, b"\x80\x60" * 20, b"")
    dropped = 'tandem_ice_refused_total{reason="%s"}'
    async with attack():
        before = await victim.metrics()
        status, answer = await post_offer(victim.url, await create_offer(victim.url))
        assert status == 201
        host, port = re.findall(
            r"a=candidate:\S+ 1 udp \d+ ([\d.]+) (\d+) typ host", answer["sdp"]
        )[0]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for _ in range(500):
                for data in junk:
                    stranger.sendto(data, (host, int(port)))
        for reason in ("stranger", "malformed"):
            await victim.wait_for_metric(dropped % reason, before.get(dropped % reason, 0.0) + 1)
