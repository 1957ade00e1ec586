"""A learner with real DTLS keys sends what no browser sends, through SCTP or beside it.

tests/unit/rtc_server/webrtc/limits has many more variants.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests import raw_sctp as raw
from tests.integration.attacks.conftest import Attack
from tests.integration.attacks.hostile_peer import HostilePeer
from tests.integration.attacks.server_process import ServerProcess
from tests.raw_sctp import build_chunk, build_data, build_packet, build_parameter
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHUNKS = 20_000  # 20 MB: what once kept the event loop busy for seconds at a time
IN_A_ROW = 50


async def send_chunks(peer: HostilePeer, *chunks: bytes) -> None:
    tag = peer.sctp._remote_verification_tag
    await peer.send_datagram(build_packet(tag, *chunks))


async def flood(peer: HostilePeer, build: Callable[[int, int], bytes]) -> None:
    """Send many chunks, until the server ends the connection.

    :param build: makes a chunk of its number and its TSN.
    """
    first = peer.sctp._local_tsn
    try:
        for number in range(CHUNKS):
            await send_chunks(peer, build(number, first + number))
            if number % IN_A_ROW == 0:
                await asyncio.sleep(0.002)
    except ConnectionError:  # it has ended
        pass


async def nothing(*_: object) -> None:
    return None


async def send_a_parameter_of_no_length(peer: HostilePeer) -> None:
    """aiortc's parser would read it for ever."""
    await send_chunks(peer, build_chunk(raw.HEARTBEAT, build_parameter(1, length=0)))


async def send_a_message_without_end(peer: HostilePeer) -> None:
    await flood(
        peer, lambda k, tsn: build_data(tsn, b"x" * 1000, sequence=9, flags=raw.FIRST * (k == 0))
    )


async def withhold_a_chunk(peer: HostilePeer) -> None:
    await flood(peer, lambda k, tsn: build_data(tsn + 1, b"x", sequence=k))


async def open_channels(peer: HostilePeer) -> None:
    peer.sctp._data_channel_receive = nothing  # aiortc fails on an ACK that it did not ask for
    opening = raw.build_open(b"another")
    await flood(peer, lambda k, tsn: build_data(tsn, opening, 5 + 2 * k, protocol=raw.DCEP))


async def acknowledge_what_was_not_sent(peer: HostilePeer) -> None:
    """aiortc counts through each gap block: 20 million numbers for one packet."""
    await send_chunks(peer, raw.build_sack(peer.sctp._last_received_tsn, *[(1, 65535)] * 300))


async def send_heartbeats(peer: HostilePeer) -> None:
    """Each of 1000 bytes of heartbeats would be answered by 20 packets."""
    beat = build_chunk(raw.HEARTBEAT, build_parameter(1, b"ping"))
    await flood(peer, lambda *_: beat * 80)


async def open_a_channel_twice(peer: HostilePeer) -> None:
    opening = build_data(
        *(peer.sctp._local_tsn, raw.build_open()),
        stream=peer.control.id,
        sequence=peer.sctp._outbound_stream_seq[peer.control.id],
        protocol=raw.DCEP,
    )
    await send_chunks(peer, opening)


MISUSES = {
    "malformed packets": send_a_parameter_of_no_length,
    "messages never completed": send_a_message_without_end,
    "messages never completed ": withhold_a_chunk,
    "too many channels": open_channels,
    "wrong acknowledgement": acknowledge_what_was_not_sent,
    "too many packets": send_heartbeats,
    "unexpected data": open_a_channel_twice,
}


@pytest.mark.parametrize(("reason", "misuse"), MISUSES.items(), ids=MISUSES)
async def test_a_misuse_of_sctp_is_cut_off(
    victim: ServerProcess,
    attack: Attack,
    reason: str,
    misuse: Callable[[HostilePeer], Awaitable[None]],
) -> None:
    metric = f'tandem_sessions_cut_off_total{{reason="{reason.strip()}"}}'
    before = (await victim.metrics()).get(metric, 0.0)
    async with attack(settle=False), HostilePeer(victim.url) as peer:
        await misuse(peer)
        await victim.wait_for_metric(metric, before + 1)
        await victim.wait_for_sessions(1)


async def test_answers_that_are_never_acknowledged(victim: ServerProcess, attack: Attack) -> None:
    ended = 'tandem_sessions_ended_total{how="misuse"}'
    before = (await victim.metrics()).get(ended, 0.0)
    async with (
        attack(settle=False),
        HostilePeer(victim.url) as peer,
        asyncio.timeout(PATIENCE_S),
    ):
        peer.sctp._send_sack = nothing
        while peer.control.readyState == "open":
            for _ in range(10):  # more than 100 a second would be a flood
                peer.send("hello", protocol=1, client="x")
            await asyncio.sleep(0.1)
        await victim.wait_for_metric(ended, before + 1)


async def test_an_association_that_ends_leaves_nothing(
    victim: ServerProcess, attack: Attack
) -> None:
    lost = 'tandem_sessions_ended_total{how="lost"}'
    before = (await victim.metrics()).get(lost, 0.0)
    async with attack(), HostilePeer(victim.url) as peer:
        await send_chunks(peer, build_chunk(raw.SHUTDOWN, bytes(4)))
        await victim.wait_for_metric(lost, before + 1)


async def test_the_log_tells_of_it_in_single_lines(victim: ServerProcess) -> None:
    """`server_process` checks that there are no tracebacks."""
    await wait_until(lambda: "cut off: malformed packets" in victim.log.read_text())
    assert len(victim.log.read_text().splitlines()) < 200
