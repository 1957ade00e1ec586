"""Encoded frames that say whatever a test wants."""

from __future__ import annotations

from collections.abc import Sequence


def encode_ue(value: int) -> str:
    """An unsigned Exp-Golomb code (H.264, 9.1) as "0" and "1"."""
    bits = f"{value + 1:b}"
    return "0" * (len(bits) - 1) + bits


def encode_se(value: int) -> str:
    return encode_ue(2 * value - 1 if value > 0 else -2 * value)


def build_sps(
    width: int,
    height: int,
    *,
    profile: int = 66,
    high: str = "",
    order: str = encode_ue(2),
    references: int = 1,
    frames_only: bool = True,
    crop: Sequence[int] = (),
) -> bytes:
    """A NAL unit with an H.264 SPS.

    :param width: of what is coded, in pixels; a multiple of 16 (the height, without
        `frames_only`, of 32).
    :param high: the bits that only the high profiles have.
    :param order: the bits of the picture order.
    """
    bits = "".join(
        (
            f"{profile:08b}{0:08b}{31:08b}" + encode_ue(0) + high,
            encode_ue(0) + order + encode_ue(references) + "0",
            encode_ue(width // 16 - 1),
            encode_ue(height // (16 if frames_only else 32) - 1),
            "1" if frames_only else "00",
            "1" + ("1" + "".join(map(encode_ue, crop)) if crop else "0") + "0",
        )
    )
    return b"\x67" + _to_bytes(bits)


def _to_bytes(bits: str) -> bytes:
    bits += "1"  # the stop bit
    bits += "0" * (-len(bits) % 8)
    raw = bytes(int(bits[k : k + 8], 2) for k in range(0, len(bits), 8))
    protected = bytearray()
    for byte in raw:
        if byte <= 3 and protected.endswith(b"\0\0"):
            protected.append(3)
        protected.append(byte)
    return bytes(protected)


def h264_key_frame(sps: bytes) -> bytes:
    """Parameters, and one slice that says nothing."""
    units = sps, b"\x68\xce\x3c\x80", b"\x65\x88\x80" + b"\x55" * 2_000
    return b"".join(b"\0\0\0\1" + unit for unit in units)


def vp8_key_frame(width: int, height: int, size: int = 26_000) -> bytes:
    """A key frame that says that size (RFC 6386, 9.1), and then zeros."""
    tag = (0b1_000_0 | (min(size // 2, 0x7FFFF) << 5)).to_bytes(3, "little")
    sides = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return tag + b"\x9d\x01\x2a" + sides + bytes(size)


def vp8_cut_off_frame(width: int, height: int) -> bytes:
    """A key frame that ends within its first partition, so that no decoder takes it."""
    return vp8_key_frame(width, height, 20)[:-11]
