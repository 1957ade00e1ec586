"""ICE restarts by PATCH (RFC 9725, 4.3.2): the session goes on by other sockets."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any, Literal

import aiohttp
import pytest
import pytest_asyncio
from aiortc import RTCPeerConnection, VideoStreamTrack
from prometheus_client import CollectorRegistry

from rtc_server.client.network_watch import NetworkWatch
from rtc_server.history.results import Result
from rtc_server.http.app_keys import METRICS
from rtc_server.metrics import Metrics
from rtc_server.session.session import Session
from rtc_server.sync.player import Player
from rtc_server.token_bucket import RateLimit, TokenBucket
from rtc_server.webrtc.aiortc_internals import ICE_CONNECTION, ice_transports
from rtc_server.webrtc.ice import restarts
from rtc_server.webrtc.ice.aiortc_restart import IceSuccessor
from rtc_server.webrtc.live.downlink import LiveDownlink
from rtc_server.webrtc.live.source import LiveSource
from rtc_server.webrtc.offers.offer import check_offer
from rtc_server.webrtc.peer import Peer
from rtc_server.webrtc.trickle import parse_fragment
from tests.integration.conftest import RunningServer
from tests.integration.http_checks import check_problem
from tests.integration.scripted_learner import ScriptedLearner
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}


def find_ice(connection: Any) -> Any:
    """The ICE connection that a connection of aiortc uses now."""
    (transport,) = ice_transports(connection)
    return getattr(transport, ICE_CONNECTION)


def list_ports(connection: Any) -> set[int]:
    return {candidate.port for candidate in find_ice(connection).local_candidates}


async def restart(learner: ScriptedLearner) -> None:
    """As the headless client does it when it notices that its network has changed."""
    (transport,) = ice_transports(learner.connection)
    watch = NetworkWatch(
        *(learner.connection, f"{learner.url}/api/sessions/{learner.id}"),
        count_packets=lambda: 0,
        now=lambda: 0.0,
        on_restarted=lambda: None,
    )
    await watch._restart(IceSuccessor(transport))


async def check_that_it_goes_on(learner: ScriptedLearner, session: Session) -> None:
    """Messages and media go both ways."""
    learner.clear_messages()
    frames, received = learner.frames, session._peer.packets_received
    t0_ms = secrets.randbelow(1 << 30)
    learner.send("ping", t0_ms=t0_ms)
    await learner.wait_for(type="pong", t0_ms=t0_ms)
    await wait_until(lambda: session._peer.packets_received > received + 30)
    await wait_until(lambda: learner.frames > frames)


def count_restarts(server: RunningServer, how: str) -> float:
    registry: CollectorRegistry = server.app[METRICS].registry
    return registry.get_sample_value("tandem_ice_restarts_total", {"how": how}) or 0.0


@pytest_asyncio.fixture(loop_scope="module")
async def learner(server: RunningServer) -> AsyncIterator[ScriptedLearner]:
    async with ScriptedLearner(server.url) as learner:
        learner.send("hello", protocol=1, client="test")
        await learner.wait_for(type="welcome")
        learner.send("start")
        await learner.wait_for(type="state", state="playing")
        # However slow the machine: the lesson does not end meanwhile.
        learner.send("loop", from_s=0.0, to_s=5.0)
        yield learner
    await server.wait_until_empty()


async def test_a_session_goes_on_by_other_sockets(
    server: RunningServer, learner: ScriptedLearner
) -> None:
    session = server.sessions.find(learner.id)
    ours, theirs = session._peer._connection, learner.connection
    ports, tag, switched = list_ports(ours), session.ice_tag, count_restarts(server, "switched")
    before = find_ice(ours)
    for protocol in find_ice(theirs)._protocols:  # the learner's interface has gone
        protocol.transport.sendto = protocol.datagram_received = lambda *_: None
    await restart(learner)
    await wait_until(lambda: count_restarts(server, "switched") == switched + 1)
    await check_that_it_goes_on(learner, session)
    assert list_ports(ours).isdisjoint(ports)
    await wait_until(lambda: before._closed and before._protocols == [])
    assert session.ice_tag != tag
    assert server.sessions.find(learner.id) is session and session.end_reason is None
    # And again: there is nothing special about the first one.
    await restart(learner)
    await wait_until(lambda: count_restarts(server, "switched") == switched + 2)
    await check_that_it_goes_on(learner, session)


def make_restart(*ports: int) -> str:
    """A fragment that begins a restart, with candidates where nobody listens."""
    candidates = (f"a=candidate:1 1 udp 9 127.0.0.1 {port} typ host\r\n" for port in ports)
    return (
        f"a=ice-ufrag:{secrets.token_hex(4)}\r\na=ice-pwd:{secrets.token_hex(12)}\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 97\r\na=mid:0\r\n" + "".join(candidates)
    )


async def test_restarts_that_come_to_nothing_leave_the_session_as_it_is(
    server: RunningServer, learner: ScriptedLearner, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = server.sessions.find(learner.id)
    # However slow the machine: no restart is given up, and none comes to be allowed again.
    monkeypatch.setattr(restarts, "CONNECT_TIMEOUT_S", 10 * PATIENCE_S)
    limit = RateLimit(0.0, restarts.LIMIT.burst)
    session._peer._transport._restarts._bucket = TokenBucket(limit, session._now())
    place = f"{server.url}/api/sessions/{learner.id}"
    ports = list_ports(session._peer._connection)
    failed, refused = count_restarts(server, "failed"), count_restarts(server, "refused")
    async with aiohttp.ClientSession() as http:
        tags = {session.ice_tag}
        for _ in range(restarts.LIMIT.burst):
            async with http.patch(place, data=make_restart(9000), headers=FRAGMENT) as answer:
                assert answer.status == 200 and answer.content_type == FRAGMENT["Content-Type"]
                tags.add(answer.headers["ETag"])
                fragment = await answer.text()
            assert "a=ice-ufrag:" in fragment and "a=ice-pwd:" in fragment
            assert fragment.count("a=mid:0\r\n") == 1 and "a=candidate:" in fragment
        assert len(tags) == restarts.LIMIT.burst + 1
        async with http.patch(place, data=make_restart(), headers=FRAGMENT) as answer:
            problem = await check_problem(answer, 429)
            assert problem["code"] == "too_many_restarts"
        # Each gives way to the next one; the last waits for the learner.
        await wait_until(
            lambda: count_restarts(server, "failed") == failed + restarts.LIMIT.burst - 1
        )
        assert count_restarts(server, "refused") == refused + 1
        # Candidates belong to the newest ICE session now.
        newest = {"If-Match": session.ice_tag}
        async with http.patch(place, data="a=end-of-candidates", headers=FRAGMENT | newest) as ok:
            assert ok.status == 204
        (old, *_) = tags - {session.ice_tag}
        async with http.patch(
            place, data="a=end-of-candidates", headers=FRAGMENT | {"If-Match": old}
        ) as answer:
            await check_problem(answer, 412)
    await check_that_it_goes_on(learner, session)
    assert list_ports(session._peer._connection) == ports


WITHOUT_PASSWORD = (
    "a=ice-ufrag:other",
    "a=ice-ufrag:other\r\na=ice-pwd:short",
    "a=ice-ufrag:x\r\na=ice-pwd:0123456789012345678901",
    "a=ice-ufrag:white space\r\na=ice-pwd:0123456789012345678901",
)


async def test_a_restart_needs_a_password_and_one_that_waits_ends_with_the_session(
    server: RunningServer,
) -> None:
    async with ScriptedLearner(server.url) as learner, aiohttp.ClientSession() as http:
        session = server.sessions.find(learner.id)
        place = f"{server.url}/api/sessions/{learner.id}"
        for fragment in WITHOUT_PASSWORD:
            async with http.patch(place, data=fragment, headers=FRAGMENT) as answer:
                problem = await check_problem(answer, 422)
            assert "for a restart a=ice-ufrag of 4 and a=ice-pwd of 22" in problem["detail"]
        async with http.patch(place, data=make_restart(), headers=FRAGMENT) as answer:
            assert answer.status == 200
        waiting = session._peer._transport._restarts
        assert waiting is not None and waiting._waiting is not None
        successor = waiting._waiting.successor
        learner.send("bye")
        await server.wait_until_empty()
    assert successor.ice._closed and successor.ice._protocols == []


async def test_whoever_offers_two_audio_lines_can_restart_too() -> None:
    """As the page does in a class: the second one is for the teacher's voice."""
    client = RTCPeerConnection()
    for label in ("control", "scores"):
        client.createDataChannel(label)
    client.addTransceiver(VideoStreamTrack(), direction="sendonly")
    for kind in ("video", "audio", "audio"):
        client.addTransceiver(kind, direction="recvonly")
    await client.setLocalDescription(await client.createOffer())
    player = Player(5.0, asyncio.get_running_loop().time)
    peer = Peer([], Metrics())
    tracks = LiveDownlink(LiveSource(player.now), player).tracks()
    await peer.negotiate(check_offer(client.localDescription.sdp), tracks)
    restarting = asyncio.create_task(peer.run_restarts())
    try:
        assert len(ice_transports(peer._connection)) == 1
        peer.channels_open.set()  # as if they were
        assert await peer.add_fragment(parse_fragment(make_restart()), "127.0.0.1") is not None
    finally:
        restarting.cancel()
        await asyncio.wait({restarting})
        await peer.close()
        await client.close()


class OpensWhenAwaited(asyncio.Event):
    """The server has read that the channels are open only by the time somebody waits for it."""

    async def wait(self) -> Literal[True]:
        self.set()
        return True


async def test_a_restart_that_comes_before_the_server_knows_that_it_is_connected(
    server: RunningServer, learner: ScriptedLearner
) -> None:
    session = server.sessions.find(learner.id)
    session._peer.channels_open = OpensWhenAwaited()
    switched = count_restarts(server, "switched")
    await restart(learner)
    await wait_until(lambda: count_restarts(server, "switched") == switched + 1)
    await check_that_it_goes_on(learner, session)


async def test_a_summary_that_takes_long_comes_by_the_new_way(server: RunningServer) -> None:
    """After a live class all is judged again, one learner after the other."""
    async with ScriptedLearner(server.url) as learner:
        session, judged = server.sessions.find(learner.id), asyncio.Event()
        save = session._save_result

        async def save_late(result: Result) -> None:
            await judged.wait()
            await save(result)

        session._save_result = save_late
        learner.send("hello", protocol=1, client="test")
        learner.send("stop")
        await learner.wait_for(type="state", state="ended")
        switched = count_restarts(server, "switched")
        await restart(learner)
        await wait_until(lambda: count_restarts(server, "switched") == switched + 1)
        judged.set()
        await learner.wait_for(type="summary")
    await server.wait_until_empty()
