"""A peer that sends whatever it likes is cut off before it costs anything; others are served."""

from __future__ import annotations

import asyncio
from struct import unpack_from
from typing import Any

import pytest

from rtc_server.webrtc.limits import aiortc_sctp
from rtc_server.webrtc.limits.aiortc_sctp import MAX_HELD_CHUNKS, MAX_MESSAGE_BYTES
from tests import raw_sctp as raw
from tests.raw_sctp import build_chunk, build_data, build_packet, build_parameter
from tests.unit.rtc_server.webrtc.limits.sctp_association import FIRST_TSN, PEER_TAG, Association


async def test_messages_in_many_chunks_and_out_of_order_arrive(association: Association) -> None:
    whole = bytes(97 + k % 26 for k in range(5000))
    chunks = [
        association.data(
            whole[at : at + 1000],
            sequence=1,
            flags=raw.FIRST * (at == 0) | raw.LAST * (at == 4000),
        )
        for at in range(0, 5000, 1000)
    ]
    for chunk in (chunks[3], chunks[0], chunks[4], chunks[2], chunks[1]):
        await association.receive(chunk)
    assert association.messages == [whole.decode()]
    assert association.misuses == []


async def test_the_largest_message_arrives(association: Association) -> None:
    whole = b"x" * MAX_MESSAGE_BYTES
    for at in range(0, len(whole), 1024):
        flags = raw.FIRST * (at == 0) | raw.LAST * (at + 1024 == len(whole))
        await association.receive(association.data(whole[at : at + 1024], sequence=1, flags=flags))
    assert association.messages == [whole.decode()]
    assert association.misuses == []


async def test_the_answer_says_how_long_a_message_may_be(association: Association) -> None:
    assert association.sctp.getCapabilities().maxMessageSize == MAX_MESSAGE_BYTES


async def test_an_init_that_comes_again_is_ignored(association: Association) -> None:
    await association.sctp._handle_data(build_packet(0, raw.build_init(PEER_TAG, FIRST_TSN)))
    await association.receive(association.data(b"on", sequence=1))
    assert association.messages == ["on"]
    assert association.misuses == []


MALFORMED = {
    "a parameter of length 0": build_chunk(raw.HEARTBEAT, build_parameter(1, length=0)),
    "a chunk of length 0": build_chunk(raw.DATA, length=0),
    "a chunk beyond the packet": build_chunk(raw.DATA, length=5000),
    "a SACK without its gap blocks": raw.build_sack(0, counts=(100, 100)),
    "DATA without a message": build_data(0, b""),
    "a stream reset that is cut": build_chunk(raw.RECONFIG, build_parameter(13, b"abc")),
    "a FORWARD-TSN that is cut": build_chunk(raw.FORWARD_TSN, b"abcdef"),
}


@pytest.mark.parametrize("chunk", MALFORMED.values(), ids=MALFORMED)
async def test_malformed_packets(association: Association, chunk: bytes) -> None:
    await association.receive(chunk)
    assert association.misuses == ["malformed packets"]


async def test_after_a_misuse_nothing_is_handled(association: Association) -> None:
    await association.receive(build_chunk(raw.DATA, length=0))
    await association.receive(association.data(b"more", sequence=1))
    await association.receive(build_chunk(raw.DATA, length=0))
    assert association.messages == []
    assert association.misuses == ["malformed packets"]


async def test_a_message_that_never_ends(association: Association) -> None:
    for sent in range(1000):
        chunk = association.data(b"x" * 1000, sequence=1, flags=raw.FIRST * (sent == 0))
        await association.receive(chunk)
        if association.misuses:
            break
    assert association.misuses == ["messages never completed"]
    assert sent * 1000 <= aiortc_sctp.MAX_HELD_BYTES


@pytest.mark.parametrize(
    ("stream", "sequence", "flags"),
    [
        (1, 1, raw.FIRST),  # each begins a message
        (1, 1, raw.LAST | raw.UNORDERED),  # none begins it
        (1, 500, raw.FIRST | raw.LAST),  # an ordered message that waits for all before it
        (2, 500, raw.FIRST | raw.LAST),  # on a stream without a channel
    ],
)
async def test_chunks_that_only_wait(
    association: Association, stream: int, sequence: int, flags: int
) -> None:
    sent = 0
    while sent <= MAX_HELD_CHUNKS and not association.misuses:
        chunk = association.data(b"x", stream=stream, sequence=sequence, flags=flags)
        await association.receive(chunk)
        sent += 1
    assert association.misuses == ["messages never completed"]


async def test_a_chunk_that_is_withheld(association: Association) -> None:
    association.tsn += 1
    for sent in range(2 * MAX_HELD_CHUNKS):
        await association.receive(association.data(b"x", sequence=sent + 1))
        if association.misuses:
            break
    assert association.misuses == ["messages never completed"]
    assert sent <= MAX_HELD_CHUNKS


@pytest.mark.parametrize("gap", [1000, 70_000, 1 << 30])
async def test_a_jump_of_tsns(association: Association, gap: int) -> None:
    await association.receive(build_data(association.tsn + gap))
    assert association.misuses == ["messages never completed"]


@pytest.mark.parametrize("gap", [1000, 1 << 30])
async def test_a_jump_of_forward_tsn(association: Association, gap: int) -> None:
    await association.receive(raw.build_forward_tsn(association.tsn + gap))
    assert association.misuses == ["messages never completed"]


async def test_messages_larger_than_the_answer_allows(association: Association) -> None:
    for at in range(66):
        flags = raw.FIRST * (at == 0) | raw.LAST * (at == 65)
        await association.receive(association.data(b"x" * 1000, sequence=1, flags=flags))
    assert association.misuses == ["too large a message"]
    assert association.messages == []


async def test_channels_without_end(association: Association) -> None:
    for stream in range(3, 100, 2):
        opening = raw.build_open(b"more")
        await association.receive(association.data(opening, stream=stream, protocol=raw.DCEP))
    assert association.misuses == ["too many channels"]
    assert len(association.channels) <= aiortc_sctp.MAX_CHANNELS


async def test_streams_without_channels(association: Association) -> None:
    await association.receive(
        raw.build_forward_tsn(association.tsn, *((stream, 0) for stream in range(200)))
    )
    assert association.misuses == ["too many channels"]
    assert len(association.sctp._inbound_streams) == 1


@pytest.mark.parametrize(
    ("message", "options"),
    [
        (raw.build_open(), {"protocol": raw.DCEP, "sequence": 1}),  # it is open
        (raw.build_open(), {"protocol": raw.DCEP, "stream": 65535}),
        (b"\3", {"protocol": raw.DCEP, "stream": 3}),
        (b"\2", {"protocol": raw.DCEP, "stream": 3}),  # acknowledges what was not opened
        (raw.build_open(b"\xff\xfe"), {"protocol": raw.DCEP, "stream": 3}),  # no UTF-8
        (b"\xff\xfe", {"sequence": 1}),
    ],
)
async def test_messages_that_no_browser_sends(
    association: Association, message: bytes, options: dict[str, Any]
) -> None:
    await association.receive(association.data(message, **options))
    assert association.misuses == ["unexpected data"]


@pytest.mark.parametrize(
    ("message", "options"),
    [
        (raw.build_open(b"a label that is cut", stated=60_000), {"protocol": raw.DCEP}),
        (b"\7", {"protocol": raw.DCEP}),
        (b"x", {"protocol": 99}),
        (b"x", {"protocol": raw.BINARY, "sequence": 7}),  # waits for others
    ],
)
async def test_messages_that_mean_nothing_are_ignored(
    association: Association, message: bytes, options: dict[str, Any]
) -> None:
    await association.receive(association.data(message, stream=3, **options))
    await association.receive(association.data(b"on", sequence=1))
    assert association.messages == ["on"]
    assert association.misuses == []


@pytest.mark.parametrize(
    "chunk",
    [build_data(1), raw.build_sack(1, (1, 9)), raw.build_forward_tsn(1), build_chunk(raw.RECONFIG)],
)
async def test_what_comes_before_the_association_is_ignored(chunk: bytes) -> None:
    association = Association()
    await association.start()
    await association.receive(chunk)
    assert association.misuses == []
    await association.stop()


async def test_an_association_does_not_start_again(association: Association) -> None:
    await association.sctp._handle_data(build_packet(0, raw.build_init(PEER_TAG + 1)))
    assert association.misuses == ["association restarted"]


@pytest.mark.parametrize(
    "chunk",
    [build_chunk(raw.ABORT), build_chunk(raw.SHUTDOWN, bytes(4))],
    ids=["abort", "shutdown"],
)
async def test_the_peer_can_end_it(association: Association, chunk: bytes) -> None:
    await association.receive(chunk)
    assert association.channels[0].readyState == "closed"
    sent = len(association.wire.sent)
    await association.sctp._handle_data(build_packet(0, raw.build_init()))
    assert len(association.wire.sent) == sent  # and not begin another one
    assert association.misuses == []


async def test_what_aiortc_cannot_handle_is_reported_and_not_raised(
    association: Association,
) -> None:
    reported: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(type(context["exception"])))
    association.channels[0].on("message", lambda _: unpack_from("!L", b""))
    await association.receive(association.data(b"x", sequence=1))
    loop.set_exception_handler(None)
    assert [error.__name__ for error in reported] == ["error"]  # struct.error
    assert association.misuses == ["unexpected data"]
