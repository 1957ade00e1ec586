"""The form of audio between decoding and encoding: 48 kHz, stereo, 16 bits a sample. Pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE_HZ = 48_000
CHANNELS = 2

Pcm = NDArray[np.int16]  # (n, CHANNELS)
