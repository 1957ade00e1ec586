"""A peer that sends whatever it likes is cut off before it costs anything; others are served."""

from __future__ import annotations

import asyncio
from struct import pack, unpack_from
from typing import Any

import pytest
from aiortc import RTCDataChannel, RTCSctpTransport

from rtc_server.token_bucket import RateLimit
from rtc_server.webrtc.limits import aiortc_sctp
from rtc_server.webrtc.limits.aiortc_sctp import (
    MAX_HELD_CHUNKS,
    MAX_MESSAGE_BYTES,
    bound_association,
)
from tests import raw_sctp as raw
from tests.raw_sctp import build_chunk, build_data, build_packet, build_parameter

CHUNK_BURST = int(aiortc_sctp.CHUNK_LIMIT.burst)
PEER_TAG = 7
FIRST_TSN = 0xFFFFFFF0  # it wraps soon


class Wire:
    """Takes the place of DTLS."""

    state = "connected"
    _role = "server"

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    async def _send_data(self, data: bytes) -> None:
        self.sent.append(data)

    def _register_data_receiver(self, receiver: object) -> None:
        pass

    _unregister_data_receiver = _register_data_receiver

    def replies(self, kind: int) -> list[bytes]:
        return [packet for packet in self.sent if packet[12] == kind]


class Association:
    """The server's end, bounded, with its wire and what it was told of its peer."""

    def __init__(self) -> None:
        self.wire = Wire()
        self.sctp: Any = RTCSctpTransport(self.wire)  # type: ignore[arg-type]
        self.misuses: list[str] = []
        self.messages: list[bytes | str] = []
        self.channels: list[RTCDataChannel] = []
        self.tsn = FIRST_TSN
        self.sctp._rto = 1e6  # seconds: no timer runs out, on any machine
        bound_association(self.sctp, self.misuses.append)
        self.sctp.on("datachannel", self.on_channel)

    def on_channel(self, channel: RTCDataChannel) -> None:
        self.channels.append(channel)
        channel.on("message", self.messages.append)

    async def start(self) -> None:
        await self.sctp.start(None, raw.PORT)

    async def establish(self) -> None:
        await self.start()
        await self.sctp._handle_data(build_packet(0, raw.build_init(PEER_TAG, FIRST_TSN)))
        answer = self.wire.replies(raw.INIT_ACK)[-1]
        cookie = answer[answer.index(pack("!HH", 7, 28)) + 4 :][:24]
        await self.receive(build_chunk(raw.COOKIE_ECHO, cookie))
        await self.receive(self.data(raw.build_open(), protocol=raw.DCEP))
        assert len(self.channels) == 1

    async def receive(self, *chunks: bytes) -> None:
        await self.sctp._handle_data(build_packet(self.sctp._local_verification_tag, *chunks))

    def data(self, message: bytes, **options: Any) -> bytes:
        """The next chunk of data; nothing is missing before it."""
        chunk = build_data(self.tsn, message, **options)
        self.tsn += 1
        return chunk

    @property
    def sent_tsn(self) -> int:
        """The TSN of the last chunk that the server's end has sent."""
        tsn: int = self.sctp._local_tsn - 1
        return tsn

    async def stop(self) -> None:
        await self.sctp.stop()
        await asyncio.sleep(0)


@pytest.fixture
async def association(monkeypatch: pytest.MonkeyPatch) -> Any:
    # Only the burst, so that it does not matter how fast the machine is.
    monkeypatch.setattr(aiortc_sctp, "CHUNK_LIMIT", RateLimit(0, CHUNK_BURST))
    established = Association()
    await established.establish()
    yield established
    await established.stop()


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
