"""What is well formed passes, and nothing else, before aiortc parses it."""

from struct import pack

import pytest

from rtc_server.webrtc.limits.sctp_packets import MalformedPacket, check_packet
from tests import raw_sctp as raw
from tests.raw_sctp import build_chunk, build_data, build_packet, build_parameter

EXTENSIONS = build_parameter(0xC000) + build_parameter(0x8008, b"\xc0")


@pytest.mark.parametrize(
    ("chunks", "count"),
    [
        ([build_data(1)], 1),
        ([build_data(1, b"abc"), build_data(2), raw.build_sack(1, (2, 3))], 3),
        (
            [raw.build_init(parameters=build_parameter(0xC000) + build_parameter(0x8008, b"\xc0"))],
            1,
        ),
        ([build_chunk(raw.COOKIE_ECHO, b"cookie"), build_data(1)], 2),
        ([build_chunk(raw.HEARTBEAT, build_parameter(1, b"0123456"))], 1),
        ([build_chunk(raw.ABORT), build_chunk(raw.SHUTDOWN_ACK)], 2),
        ([build_chunk(0x84, b"padding, which is unknown")], 1),
        ([build_chunk(raw.RECONFIG, build_parameter(13, bytes(12) + b"\0\1"))], 1),
        ([raw.build_forward_tsn(9, (1, 2))], 1),
    ],
)
def test_what_browsers_send_passes(chunks: list[bytes], count: int) -> None:
    assert check_packet(build_packet(1, *chunks)) == count


@pytest.mark.parametrize(
    "chunks",
    [
        [],
        [b"\0\0\0"],
        [build_chunk(raw.DATA, b"x", length=0)],
        [build_chunk(raw.DATA, b"x", length=3)],
        [build_chunk(raw.DATA, b"x", length=65535)],
        [build_chunk(99, length=8)],
        [build_chunk(raw.DATA)],
        [build_data(1, b"")],
        [build_chunk(raw.INIT)],
        [build_chunk(raw.INIT, bytes(15))],
        [raw.build_init(), raw.build_init()],
        [raw.build_init(), build_data(1)],
        [build_chunk(raw.INIT_ACK, bytes(3))],
        [raw.build_init(parameters=build_parameter(1, length=0))],
        [build_chunk(raw.SACK, bytes(11))],
        [raw.build_sack(1, counts=(1, 0))],
        [raw.build_sack(1, counts=(0, 65535))],
        *(
            [build_chunk(kind, build_parameter(1, length=length))]
            for kind in (raw.HEARTBEAT, raw.HEARTBEAT_ACK, raw.ABORT, raw.ERROR, raw.RECONFIG)
            for length in (0, 1, 3, 5, 65535)
        ),
        [build_chunk(raw.SHUTDOWN, b"abc")],
        [build_chunk(raw.RECONFIG, build_parameter(13, bytes(11)))],
        [build_chunk(raw.RECONFIG, build_parameter(13, bytes(13)))],
        [build_chunk(raw.RECONFIG, build_parameter(16, bytes(7)))],
        [build_chunk(raw.RECONFIG, build_parameter(17, bytes(3)))],
        [build_chunk(raw.RECONFIG, 3 * build_parameter(16, bytes(8)))],
        [build_chunk(raw.FORWARD_TSN)],
        [build_chunk(raw.FORWARD_TSN, pack("!LH", 1, 1))],
    ],
)
def test_what_nobody_sends_is_malformed(chunks: list[bytes]) -> None:
    with pytest.raises(MalformedPacket, match="expected"):
        check_packet(build_packet(1, *chunks))


def test_random_bytes_never_keep_it_busy() -> None:
    for length in range(200):
        packet = bytes((length * k * 7919) % 256 for k in range(length))
        try:
            check_packet(packet)
        except MalformedPacket:
            continue
