"""Checks that an SCTP packet is well formed (RFC 9260), before aiortc parses it.

aiortc's parser believes the lengths that a packet states: a parameter of length 0 keeps it busy for
ever, a chunk that is too short makes it fail. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import unpack_from

HEADER_BYTES = 12  # of a packet: ports, verification tag, checksum
CHUNK_HEADER_BYTES = 4
PARAMETER_HEADER_BYTES = 4
DATA, INIT, INIT_ACK, SACK, HEARTBEAT, HEARTBEAT_ACK, ABORT = range(7)
SHUTDOWN, ERROR, RECONFIG, FORWARD_TSN = 7, 9, 130, 192
MIN_DATA_BYTES = 13  # TSN, stream, sequence number, protocol, and at least one byte of a message
INIT_BYTES = 16
SACK_BYTES = 12
MAX_RECONFIG_PARAMETERS = 2  # RFC 6525, 3.1
RESET_REQUEST, RESET_RESPONSE, ADD_STREAMS = 13, 16, 17
MIN_RECONFIG_BYTES = {RESET_REQUEST: 12, RESET_RESPONSE: 8, ADD_STREAMS: 8}


class MalformedPacket(Exception):
    """An SCTP packet that no implementation sends; the message says what was expected."""


def check_packet(packet: bytes) -> int:
    """Return the number of chunks; chunks of an unknown type are not looked into.

    :raises MalformedPacket: a length is wrong, or a chunk is where it may not be.
    """
    types = [_check_chunk(kind, body) for kind, body in _split_chunks(packet)]
    if not types:
        raise MalformedPacket("expected at least one chunk, got none")
    if INIT in types and len(types) > 1:
        raise MalformedPacket(f"expected INIT alone, got it among {len(types)} chunks")
    return len(types)


def _split_chunks(packet: bytes) -> list[tuple[int, bytes]]:
    """The type and the body of each chunk.

    :raises MalformedPacket: a length is wrong.
    """
    chunks = []
    at = HEADER_BYTES
    while at <= len(packet) - CHUNK_HEADER_BYTES:
        kind, _, length = unpack_from("!BBH", packet, at)
        if not CHUNK_HEADER_BYTES <= length <= len(packet) - at:
            raise MalformedPacket(
                f"chunk of type {kind}: expected a length of 4 to {len(packet) - at}, got {length}"
            )
        chunks.append((kind, packet[at + CHUNK_HEADER_BYTES : at + length]))
        at += _padded(length)
    return chunks


def _check_chunk(kind: int, body: bytes) -> int:
    """Return the type.

    :raises MalformedPacket: the body does not fit the type.
    """
    check = CHECKS.get(kind)
    if check is not None:
        check(body)
    return kind


def _check_data(body: bytes) -> None:
    _require_bytes("DATA", body, MIN_DATA_BYTES)


def _check_init(body: bytes) -> None:
    _require_bytes("INIT", body, INIT_BYTES)
    _split_parameters("INIT", body[INIT_BYTES:])


def _check_sack(body: bytes) -> None:
    _require_bytes("SACK", body, SACK_BYTES)
    gaps, duplicates = unpack_from("!HH", body, 8)
    _require_bytes("SACK", body, SACK_BYTES + 4 * (gaps + duplicates))


def _check_parameters(body: bytes) -> None:
    _split_parameters("parameters", body)


def _check_shutdown(body: bytes) -> None:
    _require_bytes("SHUTDOWN", body, 4)


def _check_reconfig(body: bytes) -> None:
    parameters = _split_parameters("RE-CONFIG", body)
    if len(parameters) > MAX_RECONFIG_PARAMETERS:
        raise MalformedPacket(f"RE-CONFIG: expected 2 parameters at most, got {len(parameters)}")
    for kind, value in parameters:
        _require_bytes("RE-CONFIG", value, MIN_RECONFIG_BYTES.get(kind, 0))
        if kind == RESET_REQUEST and len(value) % 2:
            raise MalformedPacket("RE-CONFIG: expected 2 bytes for each stream")


def _check_forward_tsn(body: bytes) -> None:
    _require_bytes("FORWARD-TSN", body, 4)
    if len(body) % 4:
        raise MalformedPacket("FORWARD-TSN: expected 4 bytes for each stream")


def _split_parameters(chunk: str, body: bytes) -> list[tuple[int, bytes]]:
    """The type and the value of each parameter.

    :raises MalformedPacket: a length is wrong.
    """
    parameters = []
    at = 0
    while at <= len(body) - PARAMETER_HEADER_BYTES:
        kind, length = unpack_from("!HH", body, at)
        if not PARAMETER_HEADER_BYTES <= length <= len(body) - at:
            raise MalformedPacket(
                f"{chunk}: expected a parameter of 4 to {len(body) - at} bytes, got {length}"
            )
        parameters.append((kind, body[at + PARAMETER_HEADER_BYTES : at + length]))
        at += _padded(length)
    return parameters


def _require_bytes(chunk: str, body: bytes, least: int) -> None:
    if len(body) < least:
        raise MalformedPacket(f"{chunk}: expected at least {least} bytes, got {len(body)}")


def _padded(length: int) -> int:
    return length + -length % 4


CHECKS: dict[int, Callable[[bytes], None]] = {
    DATA: _check_data,
    INIT: _check_init,
    INIT_ACK: _check_init,
    SACK: _check_sack,
    HEARTBEAT: _check_parameters,
    HEARTBEAT_ACK: _check_parameters,
    ABORT: _check_parameters,
    SHUTDOWN: _check_shutdown,
    ERROR: _check_parameters,
    RECONFIG: _check_reconfig,
    FORWARD_TSN: _check_forward_tsn,
}
