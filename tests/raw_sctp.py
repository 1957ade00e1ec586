"""SCTP packets (RFC 9260) as an attacker writes them: any length, any number."""

from __future__ import annotations

from struct import pack

from google_crc32c import value as crc32c

PORT = 5000
DATA, INIT, INIT_ACK, SACK, HEARTBEAT, HEARTBEAT_ACK, ABORT, SHUTDOWN, SHUTDOWN_ACK = range(9)
ERROR, COOKIE_ECHO, COOKIE_ACK, RECONFIG, FORWARD_TSN = 9, 10, 11, 130, 192
FIRST, LAST, UNORDERED = 2, 1, 4
DCEP, STRING, BINARY = 50, 51, 53


def build_packet(tag: int, *chunks: bytes) -> bytes:
    header = pack("!HHL", PORT, PORT, tag)
    body = b"".join(chunks)
    return header + pack("<L", crc32c(header + b"\0\0\0\0" + body)) + body


def build_chunk(kind: int, body: bytes = b"", flags: int = 0, length: int | None = None) -> bytes:
    """:param length: what the header says, if not the truth."""
    stated = len(body) + 4 if length is None else length
    return pack("!BBH", kind, flags, stated) + body + b"\0" * (-len(body) % 4)


def build_parameter(kind: int, value: bytes = b"", length: int | None = None) -> bytes:
    stated = len(value) + 4 if length is None else length
    return pack("!HH", kind, stated) + value + b"\0" * (-len(value) % 4)


def build_data(
    tsn: int,
    message: bytes = b"x",
    stream: int = 1,
    sequence: int = 0,
    protocol: int = STRING,
    flags: int = FIRST | LAST,
) -> bytes:
    body = pack("!LHHL", tsn % (1 << 32), stream, sequence % (1 << 16), protocol) + message
    return build_chunk(DATA, body, flags)


def build_init(tag: int = 7, tsn: int = 0, streams: int = 65535, parameters: bytes = b"") -> bytes:
    return build_chunk(INIT, pack("!LLHHL", tag, 1 << 20, streams, streams, tsn) + parameters)


def build_sack(tsn: int, *gaps: tuple[int, int], counts: tuple[int, int] | None = None) -> bytes:
    """:param counts: what it says of its gap blocks and duplicates, if not the truth."""
    head = pack("!LLHH", tsn % (1 << 32), 1 << 20, *(counts or (len(gaps), 0)))
    return build_chunk(SACK, head + b"".join(pack("!HH", *gap) for gap in gaps))


def build_open(label: bytes = b"control", stated: int | None = None) -> bytes:
    """The message that opens a channel (RFC 8832, 5.1)."""
    return pack("!BBHLHH", 3, 0, 0, 0, len(label) if stated is None else stated, 0) + label


def build_forward_tsn(tsn: int, *streams: tuple[int, int]) -> bytes:
    body = b"".join(pack("!HH", *stream) for stream in streams)
    return build_chunk(FORWARD_TSN, pack("!L", tsn % (1 << 32)) + body)
