"""Where something sets in: a beat, a clap, a plucked string. The ear places these to the ms."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

STEP = 120  # samples a step: 2.5 ms at 48 kHz
NOW, BEFORE = 2, 8  # steps that are compared: the 5 ms from here on, the 20 ms up to here
APART = 24  # steps between one onset and the next at least: 60 ms
LOUD = 200  # steps that tell how loud it is around here: 0.5 s
RATIO = 4.0  # how much more energy it takes
NEAR, SHARE = 4, 0.25  # it is heard at the first step of the next 10 ms with much of their energy
# What counts as silence: beside what is loud around here, and at all (one step of 16 bits).
FLOOR, LEAST = 1e-3, 1e-9

# An onset is told once this many samples after it have been seen.
LOOK_AHEAD = (APART + NOW) * STEP


class Onsets:
    """Finds the onsets of a sound that comes piece by piece, in whatever pieces.

    Energy is measured of the second difference, which leaves out bass and held notes.
    """

    def __init__(self) -> None:
        self._held = np.zeros(2, np.float32)  # samples not yet in a step, after two that were
        # Steps [LOUD + APART:] are yet to be judged; the first of those is step `_at`.
        self._energy = np.zeros(LOUD + APART)
        self._at = 0

    @property
    def known(self) -> int:
        """All onsets before this sample have been told."""
        return self._at * STEP

    def add(self, mono: NDArray[np.float32]) -> list[int]:
        """Take the next samples (n,), -1..1; give the onsets that are certain now, in order."""
        held = np.concatenate([self._held, mono])
        steps = (len(held) - 2) // STEP
        used = steps * STEP
        sharp = np.diff(held[: used + 2], 2).reshape(steps, STEP)
        self._held = held[used:]
        energy = (sharp.astype(np.float64) ** 2).mean(axis=1)
        self._energy = np.concatenate([self._energy, energy])
        return self._judge()

    def _judge(self) -> list[int]:
        count = len(self._energy) - (LOUD + APART) - (APART + NOW) + 1
        if count <= 0:
            return []
        # Rises of the steps from `_at` - APART on, so that each one's neighbours are there.
        rise = _rises(self._energy)[: count + 2 * APART]
        middle = rise[APART : APART + count]
        top = sliding_window_view(rise, 2 * APART + 1).max(axis=1)
        found = np.flatnonzero((middle >= RATIO) & (middle == top))
        heard = [self._at + step + self._into(LOUD + APART + step) for step in found.tolist()]
        self._at += count
        self._energy = self._energy[count:]
        return [step * STEP + STEP // 2 for step in heard]

    def _into(self, step: int) -> int:
        """How many steps later it is heard: codecs put a faint echo before it."""
        near = self._energy[step : step + NEAR]
        return int(np.argmax(near >= SHARE * near.max()))


def _rises(energy: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many times more energy there is from a step on than before it, for steps [LOUD:]."""
    total = np.concatenate([[0.0], np.cumsum(energy)])
    k = np.arange(LOUD, len(energy) - NOW + 1)
    now = (total[k + NOW] - total[k]) / NOW
    before = (total[k] - total[k - BEFORE]) / BEFORE
    loud = sliding_window_view(energy, LOUD)[: len(k)].max(axis=1)
    rise: NDArray[np.float64] = now / (before + FLOOR * loud + LEAST)
    return rise
