"""Finds onsets in audio: a beat, a clap, a plucked string. The ear places these to the ms. Pure."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

STEP = 120  # samples per step: 2.5 ms at 48 kHz
AFTER, BEFORE = 2, 8  # steps whose energy is compared: the 5 ms from here on, the 20 ms up to here
MIN_DISTANCE = 24  # steps between two onsets: 60 ms
LOUDNESS_STEPS = 200  # steps up to here over which the loudness is measured: 0.5 s
MIN_RISE = 4.0  # how many times more energy an onset has than what is before it
# An onset is heard at the first of the next ATTACK_STEPS (10 ms) with this share of their energy.
ATTACK_STEPS, ATTACK_SHARE = 4, 0.25
# What counts as silence: relative to the loudness, and absolutely (one step of 16 bits).
RELATIVE_SILENCE, ABSOLUTE_SILENCE = 1e-3, 1e-9

# An onset is certain when this many samples after it are known.
LOOKAHEAD = (MIN_DISTANCE + AFTER) * STEP


class OnsetDetector:
    """Finds the onsets of audio that is given block by block; the blocks' sizes do not matter.

    The energy is that of the second difference, which leaves out bass and sustained notes.
    """

    def __init__(self) -> None:
        self._buffer = np.zeros(2, np.float32)  # samples not yet in a step, after two that are
        # Steps [LOUDNESS_STEPS + MIN_DISTANCE:] are not examined yet; the first is `_step`.
        self._energy = np.zeros(LOUDNESS_STEPS + MIN_DISTANCE)
        self._step = 0

    @property
    def complete_to(self) -> int:
        """The sample before which all onsets have been given."""
        return self._step * STEP

    def add(self, mono: NDArray[np.float32]) -> list[int]:
        """Take the next samples (n,), -1..1; give the onsets that are certain now, as samples."""
        samples = np.concatenate([self._buffer, mono])
        steps = (len(samples) - 2) // STEP
        used = steps * STEP
        second_difference = np.diff(samples[: used + 2], 2).reshape(steps, STEP)
        self._buffer = samples[used:]
        energy = (second_difference.astype(np.float64) ** 2).mean(axis=1)
        self._energy = np.concatenate([self._energy, energy])
        return self._find_onsets()

    def _find_onsets(self) -> list[int]:
        begin = LOUDNESS_STEPS + MIN_DISTANCE
        count = len(self._energy) - begin - (MIN_DISTANCE + AFTER) + 1
        if count <= 0:
            return []
        # The rises from `_step` - MIN_DISTANCE on, so that each step has its neighbours.
        rise = _energy_rises(self._energy)[: count + 2 * MIN_DISTANCE]
        middle = rise[MIN_DISTANCE : MIN_DISTANCE + count]
        highest = sliding_window_view(rise, 2 * MIN_DISTANCE + 1).max(axis=1)
        found = np.flatnonzero((middle >= MIN_RISE) & (middle == highest)).tolist()
        steps = [self._step + step + self._attack_delay(begin + step) for step in found]
        self._step += count
        self._energy = self._energy[count:]
        return [step * STEP + STEP // 2 for step in steps]

    def _attack_delay(self, step: int) -> int:
        """How many steps later an onset is heard: codecs put a faint echo before it."""
        attack = self._energy[step : step + ATTACK_STEPS]
        return int(np.argmax(attack >= ATTACK_SHARE * attack.max()))


def _energy_rises(energy: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many times more energy is after a step than before it, for steps [LOUDNESS_STEPS:]."""
    total = np.concatenate([[0.0], np.cumsum(energy)])
    k = np.arange(LOUDNESS_STEPS, len(energy) - AFTER + 1)
    after = (total[k + AFTER] - total[k]) / AFTER
    before = (total[k] - total[k - BEFORE]) / BEFORE
    loudness = sliding_window_view(energy, LOUDNESS_STEPS)[: len(k)].max(axis=1)
    silence = RELATIVE_SILENCE * loudness + ABSOLUTE_SILENCE
    rise: NDArray[np.float64] = after / (before + silence)
    return rise
