"""Pictures that say of which moment of a film they are, however they were encoded and scaled.

A strip at the upper edge has a black block, a white one, and the moment's number in twelve more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HEIGHT = 1 / 16  # of the picture
BITS = 12
BLOCKS = BITS + 2

Image = NDArray[np.uint8]


def write_strip(image: Image, number: int) -> Image:
    """The picture (height, width, 3) with the number, 0 to 4095."""
    if not 0 <= number < 1 << BITS:
        raise ValueError(f"expected a number of {BITS} bits, got {number}")
    height, width = image.shape[:2]
    marked = image.copy()
    bits = [0, 1, *((number >> bit) & 1 for bit in range(BITS))]
    for k, bit in enumerate(bits):
        block = slice(k * width // BLOCKS, (k + 1) * width // BLOCKS)
        marked[: round(height * HEIGHT), block] = 235 if bit else 20
    return marked


def read_strip(grey: Image) -> int | None:
    """The number in a picture (height, width); None where there is no strip."""
    height, width = grey.shape
    row = grey[round(height * HEIGHT * 0.3) : round(height * HEIGHT * 0.7)].mean(axis=0)
    middles = [
        float(row[int((k + 0.3) * width / BLOCKS) : int((k + 0.7) * width / BLOCKS)].mean())
        for k in range(BLOCKS)
    ]
    black, white, *bits = middles
    if white - black < 100:
        return None
    return sum(1 << k for k, level in enumerate(bits) if level > (black + white) / 2)
