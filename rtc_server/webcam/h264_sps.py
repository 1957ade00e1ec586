"""Reads the size of the pictures from an H.264 sequence parameter set (SPS). Pure.

ITU-T H.264, 7.3.2.1.1, up to the cropping. Nothing is guessed: what cannot be read is an error.
"""

from __future__ import annotations

from dataclasses import dataclass

PLAIN_PROFILES = {66, 77, 88}  # Baseline, Main, Extended: 4:2:0, 8 bits, no scaling lists
HIGH_PROFILES = {100, 110, 122, 244, 44}  # these tell their chroma format and their scaling lists
MACROBLOCK_PX = 16
MAX_SPS_BYTES = 1024  # one with all scaling lists has about 600
MAX_ZEROS = 31  # at the beginning of an Exp-Golomb code of 32 bits
MAX_POC_CYCLE = 255
CHROMA_420, CHROMA_444 = 1, 3
# Of a chroma format: how many luma samples one step of cropping takes, across and down.
CROP_UNITS = {0: (1, 1), 1: (2, 2), 2: (2, 1), 3: (1, 1)}


@dataclass(frozen=True, slots=True)
class SequenceParameters:
    """What a decoder must make room for."""

    width: int  # of the picture that is shown, in pixels
    height: int
    coded_width: int  # of what is decoded: whole macroblocks
    coded_height: int
    reference_frames: int
    is_8_bit_420: bool  # as every browser sends it

    @property
    def macroblocks(self) -> int:
        """Of one frame."""
        return self.coded_width * self.coded_height // MACROBLOCK_PX**2


def parse_sps(unit: bytes) -> SequenceParameters:
    """Read an SPS.

    :param unit: the NAL unit, with its header and its emulation prevention bytes.
    :raises ValueError: it ends early, or has a profile or a number that H.264 does not allow.
    """
    bits = _BitReader(remove_emulation_prevention(unit[1 : 1 + MAX_SPS_BYTES]))
    profile = bits.read(8)
    bits.read(16)  # constraint flags, level
    bits.read_ue()  # the id
    chroma, is_8_bit = _read_chroma_format(bits, profile)
    bits.read_ue()  # log2_max_frame_num
    _skip_picture_order(bits)
    references = bits.read_ue()
    bits.read(1)  # gaps_in_frame_num
    across, down = bits.read_ue() + 1, bits.read_ue() + 1
    if not (frames_only := bits.read(1)):
        bits.read(1)  # mb_adaptive_frame_field
    bits.read(1)  # direct_8x8_inference
    rows_of_fields = 2 - frames_only
    coded = across * MACROBLOCK_PX, down * MACROBLOCK_PX * rows_of_fields
    left, right, top, bottom = (bits.read_ue() for _ in range(4)) if bits.read(1) else (0, 0, 0, 0)
    unit_x, unit_y = CROP_UNITS[chroma]
    width = coded[0] - unit_x * (left + right)
    height = coded[1] - unit_y * rows_of_fields * (top + bottom)
    if width < 1 or height < 1:
        raise ValueError(f"cropped to {width}×{height} pixels")
    return SequenceParameters(
        width, height, *coded, references, is_8_bit_420=is_8_bit and chroma == CHROMA_420
    )


def remove_emulation_prevention(data: bytes) -> bytes:
    """The raw bytes (RBSP) of a NAL unit: in 00 00 03 the 03 is only there to break up zeros."""
    return data.replace(b"\0\0\3", b"\0\0")


class _BitReader:
    """Reads numbers of a few bits, and Exp-Golomb codes (9.1)."""

    def __init__(self, data: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in data)
        self._position = 0

    def read(self, count: int) -> int:
        """:raises ValueError: there are not so many bits left."""
        end = self._position + count
        if end > len(self._bits):
            raise ValueError(f"expected more than {len(self._bits) // 8} bytes")
        bits = self._bits[self._position : end]
        self._position = end
        return int(bits, 2)

    def read_ue(self) -> int:
        """An unsigned number."""
        one = self._bits.find("1", self._position)
        zeros = one - self._position
        if not 0 <= zeros <= MAX_ZEROS:
            raise ValueError(f"expected a number of at most 32 bits at bit {self._position}")
        self._position = one
        return self.read(zeros + 1) - 1

    def read_se(self) -> int:
        """A signed number."""
        code = self.read_ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def _read_chroma_format(bits: _BitReader, profile: int) -> tuple[int, bool]:
    """The chroma format, and whether samples have 8 bits."""
    if profile in PLAIN_PROFILES:
        return CHROMA_420, True
    if profile not in HIGH_PROFILES:
        raise ValueError(f"expected a profile of {sorted(PLAIN_PROFILES | HIGH_PROFILES)}")
    chroma = bits.read_ue()
    if chroma not in CROP_UNITS:
        raise ValueError(f"expected a chroma format from 0 to 3, got {chroma}")
    if chroma == CHROMA_444:
        bits.read(1)  # separate_colour_plane
    depths = bits.read_ue(), bits.read_ue()  # less 8
    bits.read(1)  # qpprime_y_zero_transform_bypass
    if bits.read(1):
        for k in range(12 if chroma == CHROMA_444 else 8):
            if bits.read(1):
                _skip_scaling_list(bits, 16 if k < 6 else 64)
    return chroma, depths == (0, 0)


def _skip_scaling_list(bits: _BitReader, size: int) -> None:
    """7.3.2.1.1.1"""
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.read_se()) % 256
        last = following or last


def _skip_picture_order(bits: _BitReader) -> None:
    kind = bits.read_ue()
    if kind == 0:
        bits.read_ue()
    elif kind == 1:
        bits.read(1)
        bits.read_se()
        bits.read_se()
        if (cycle := bits.read_ue()) > MAX_POC_CYCLE:
            raise ValueError(f"expected at most {MAX_POC_CYCLE} frames in a cycle, got {cycle}")
        for _ in range(cycle):
            bits.read_se()
    elif kind != 2:
        raise ValueError(f"expected a picture order from 0 to 2, got {kind}")
