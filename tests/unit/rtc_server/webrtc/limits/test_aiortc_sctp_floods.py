"""What a peer sends too often, and what it never acknowledges, has limits."""

from __future__ import annotations

import asyncio
from struct import pack
from typing import Any

import pytest

from rtc_server.token_bucket import RateLimit
from rtc_server.webrtc.limits import aiortc_sctp
from tests import raw_sctp as raw
from tests.raw_sctp import build_chunk, build_data, build_packet, build_parameter
from tests.unit.rtc_server.webrtc.limits.sctp_association import FIRST_TSN, Association

CHUNK_BURST = int(aiortc_sctp.CHUNK_LIMIT.burst)


def far_ahead(association: Association) -> bytes:
    return raw.build_sack(association.sent_tsn + 1)


def wide_gaps(association: Association) -> bytes:
    return raw.build_sack(association.sent_tsn, *[(1, 65535)] * 200)


def gap_of_what_was_not_sent(association: Association) -> bytes:
    return raw.build_sack(association.sent_tsn - 1, (1, 2))


def gap_that_ends_before_it_begins(association: Association) -> bytes:
    return raw.build_sack(association.sent_tsn - 1, (1, 0))


@pytest.mark.parametrize(
    "build",
    [far_ahead, wide_gaps, gap_of_what_was_not_sent, gap_that_ends_before_it_begins],
)
async def test_acknowledgements_of_what_was_not_sent(association: Association, build: Any) -> None:
    await association.receive(build(association))
    assert association.misuses == ["wrong acknowledgement"]


async def test_acknowledgements_of_gaps_are_handled(association: Association) -> None:
    acknowledged = association.sent_tsn
    for _ in range(3):
        association.channels[0].send("x")
        await asyncio.sleep(0)
    await association.receive(raw.build_sack(acknowledged - 1, (2, 2), (4, 4)))
    assert association.misuses == []


async def test_messages_that_are_never_acknowledged(association: Association) -> None:
    for _ in range(2 * aiortc_sctp.MAX_UNACKNOWLEDGED):
        association.channels[0].send("pong")
        await asyncio.sleep(0)
    assert association.misuses == ["messages never acknowledged"]
    kept = len(association.sctp._data_channel_queue) + len(association.sctp._sent_queue)
    assert kept <= aiortc_sctp.MAX_UNACKNOWLEDGED


async def test_large_messages_that_are_never_acknowledged(association: Association) -> None:
    for _ in range(20):
        association.channels[0].send("x" * 32 * 1024)
        await asyncio.sleep(0)
    assert association.misuses == ["messages never acknowledged"]
    assert association.channels[0].bufferedAmount < 2 * aiortc_sctp.MAX_WAITING_BYTES


async def test_all_but_the_first_are_acknowledged(association: Association) -> None:
    """What gap blocks acknowledge leaves the window, but must be kept."""
    first = association.sent_tsn
    for sent in range(3, 2 * aiortc_sctp.MAX_UNACKNOWLEDGED, 3):
        for _ in range(3):
            association.channels[0].send("pong")
            await asyncio.sleep(0)
        await association.receive(raw.build_sack(first, (2, sent)))
        if association.misuses:
            break
    assert association.misuses == ["messages never acknowledged"]
    assert sent <= aiortc_sctp.MAX_UNACKNOWLEDGED + 6


FLOODS = {
    "heartbeats": build_chunk(raw.HEARTBEAT, build_parameter(1, b"ping")),
    "heartbeats without anything": build_chunk(raw.HEARTBEAT),
    "unknown chunks": build_chunk(99),
    "cookies": build_chunk(raw.COOKIE_ECHO, b"x" * 24),
    "errors": build_chunk(raw.ERROR),
    "stream resets": build_chunk(raw.RECONFIG, build_parameter(13, pack("!LLLH", 1, 1, 1, 1))),
    "acknowledgements of resets": build_chunk(raw.RECONFIG, build_parameter(16, bytes(8))),
    "one chunk again and again": build_data(FIRST_TSN),
    "messages to nobody": build_data(FIRST_TSN, protocol=99),
}


@pytest.mark.parametrize("chunk", FLOODS.values(), ids=FLOODS)
@pytest.mark.parametrize("bundled", [1, 50])
async def test_floods(association: Association, chunk: bytes, bundled: int) -> None:
    for _ in range(2 * CHUNK_BURST // bundled):
        await association.receive(*[chunk] * bundled)
    assert association.misuses == ["too many packets"]
    assert len(association.wire.sent) <= CHUNK_BURST + 10


async def test_a_flood_before_the_association(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiortc_sctp, "CHUNK_LIMIT", RateLimit(0, CHUNK_BURST))
    association = Association()
    await association.start()
    for tag in range(1, 2 * CHUNK_BURST):
        await association.sctp._handle_data(build_packet(0, raw.build_init(tag)))
    assert association.misuses == ["too many packets"]
    await association.stop()
