"""How large a step of 8-bit weights must be so that every processor computes the same with them.

Without VNNI (AVX2 alone) a processor multiplies bytes by `vpmaddubsw`, which adds the products of
two neighbouring input channels in 16 bits and cuts off what does not fit: 255 · (w1 + w2) beyond
32767. Then a network that is right elsewhere is wrong there, and nobody is told.
"""

from __future__ import annotations

import numpy as np

from tf_pose.engines.quantization.layers import Floats

WEIGHT_STEPS = 127  # on each side of 0; there is no -128
TOGETHER = 2  # input channels whose products are added in 16 bits


def largest_weights(weights: Floats) -> Floats:
    """The ends of the range of each output channel's weights, (out, 1, …), for rounding to ±127.

    :param weights: (out, in, height, width) of a convolution, of which two neighbouring input
        channels with the same sign must not have more than the end together: then their steps are
        128 at most, and 255 · 128 fits into 16 bits. Or (channels, 1, 1, height, width) of a
        depthwise one, whose products are added in 32 bits.
    """
    axes = tuple(range(1, weights.ndim))
    if weights.ndim == 4:
        odd = weights.shape[1] % TOGETHER
        pairs = np.pad(weights, ((0, 0), (0, odd), (0, 0), (0, 0)))
        pairs = pairs.reshape(len(weights), -1, TOGETHER, *weights.shape[2:])
        sums = [np.maximum(sign * pairs, 0).sum(axis=2) for sign in (1, -1)]
        most = np.maximum(*sums).max(axis=axes, keepdims=True)
    else:
        most = np.abs(weights).max(axis=axes, keepdims=True)
    return np.asarray(np.maximum(most, np.float32(1e-8)), np.float32)
