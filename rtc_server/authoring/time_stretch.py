"""Sound slowed down at the same pitch, with each beat in its place.

WSOLA (W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA)
for high quality time-scale modification of speech", ICASSP 1993): fragments are laid over one
another at a wider spacing than they were taken at, each moved a little to where it goes on best
from the one before. FFmpeg's `atempo` does the same, but moves them by up to 21 ms, and beats come
up to 44 ms early, by what else is heard (docs/lessons.md). So here the sound around an onset keeps
its own pace and comes where it belongs; what lies between is slowed the more (J. Driedger and M.
Müller, "A Review of Time-Scale Modification of Music Signals", Applied Sciences 6(2), 2016).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.authoring.onsets import Onsets

WINDOW = 2048  # samples of a fragment: 43 ms at 48 kHz, two periods of the lowest notes
HOP = WINDOW // 2
REACH = 480  # how far a fragment may be moved: 10 ms
REACH_AT_ONSET = 48  # and one that an onset is in: 1 ms
SETTLED = 12_000  # this long after an onset the sound is where it should be: 0.25 s
COARSE = 4  # samples that are taken as one where the best place is looked for at first
NEARER = 1e-3  # how much less alike a fragment may be that is not moved at all
SILENT = 1e-9  # power that is none
CHANNELS = 2

Sound = NDArray[np.int16]  # (n, 2)

_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
_EDGE = WINDOW + REACH  # silence before the beginning, which the first fragments reach into


class Stretcher:
    """Slows sound of 48 kHz to `rate`, above 0 and up to 1, whatever pieces it comes in.

    An onset at sample n of the input is at n / rate of the output, within 3 ms. No more than a
    second of sound is held.
    """

    def __init__(self, rate: float) -> None:
        if not 0 < rate <= 1:
            raise ValueError(f"expected a rate above 0 and up to 1, got {rate}")
        self._rate = rate
        self._onsets = Onsets()
        self._map = _TimeMap(rate)
        self._sound = np.zeros((_EDGE, CHANNELS), np.float32)
        self._mono = np.zeros(_EDGE, np.float32)
        self._first = -_EDGE  # which sample of the input the held ones begin with
        self._taken = self._given = 0  # samples of input and output
        self._fragments = 0
        self._last = 0  # where the last fragment began
        self._fading = np.zeros((HOP, CHANNELS), np.float32)  # its second half

    def add(self, sound: Sound) -> Sound:
        """Take the next samples (n, 2); give those that are ready, (m, 2)."""
        self._taken += len(sound)
        return self._add(sound)

    def finish(self) -> Sound:
        """Give what is left, so that the output is as long as the input divided by the rate."""
        left = round(self._taken / self._rate) - self._given
        silence = np.zeros((WINDOW, CHANNELS), np.int16)
        rest = np.zeros((0, CHANNELS), np.int16)
        while len(rest) < left:
            rest = np.concatenate([rest, self._add(silence)])
        return rest[:left]

    def _add(self, sound: Sound) -> Sound:
        samples = sound.astype(np.float32) / np.float32(32768)
        mono: NDArray[np.float32] = np.add(samples[:, 0], samples[:, 1]) / 2
        self._sound = np.concatenate([self._sound, samples])
        self._mono = np.concatenate([self._mono, mono])
        self._map.add(self._onsets.add(mono), self._onsets.known)
        ready = [np.zeros((0, CHANNELS), np.float32)]
        while place := self._next_place():
            ready.append(self._lay(place))
        out = np.concatenate(ready)
        self._given += len(out)
        return np.rint(np.clip(out * 32768, -32768, 32767)).astype(np.int16)

    def _next_place(self) -> _Place | None:
        """Where the next fragment is to be taken, if all that it may be taken of is there."""
        place = self._map.at(self._fragments * HOP)
        ends = self._first + len(self._mono)
        return place if place and place.middle + WINDOW + REACH <= ends else None

    def _lay(self, place: _Place) -> NDArray[np.float32]:
        """Lay the next fragment over the last one; give the samples that are done with it."""
        begin = round(place.middle) - HOP
        if self._fragments:
            begin = self._best(place, self._last + HOP)
        at = begin - self._first
        fragment = self._sound[at : at + WINDOW] * _HANN[:, None]
        done = self._fading + fragment[:HOP]
        self._fading, self._last = fragment[HOP:], begin
        self._fragments += 1
        self._forget(begin - 2 * REACH)
        return done if self._fragments > 1 else done[:0]  # the first one's middle is the beginning

    def _best(self, place: _Place, goes_on: int) -> int:
        """Where a fragment is to begin to be most like the one that begins at `goes_on`."""
        low, high = place.lowest - HOP, place.highest - HOP
        if low <= goes_on <= high and (place.onset or low == high):
            return goes_on
        wanted = self._mono[goes_on - self._first :][:WINDOW]
        choices = (high - low) // COARSE
        around = self._mono[low - self._first :][: WINDOW + choices * COARSE]
        moved = np.abs(low + COARSE * np.arange(choices + 1) - (place.middle - HOP)) / REACH
        worth = _likeness(_coarse(around), _coarse(wanted), _COARSE_HANN) - NEARER * moved
        best = COARSE * int(np.argmax(worth))
        first = max(0, best - COARSE)
        fine = _likeness(around[first : best + COARSE + WINDOW], wanted, _HANN)
        return low + first + int(np.argmax(fine))

    def _forget(self, before: int) -> None:
        """Let go of the samples that no fragment can begin with any more."""
        gone = max(0, before - self._first)
        self._sound, self._mono = self._sound[gone:], self._mono[gone:]
        self._first += gone


def _coarse(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    # By columns: numpy's own mean over rows of four takes ten times as long.
    sums: NDArray[np.float32] = sum((sound[i::COARSE] for i in range(1, COARSE)), sound[::COARSE])
    return sums


def _likeness(
    sound: NDArray[np.float32], wanted: NDArray[np.float32], weight: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How like what is wanted the sound is from each sample on: 1 is the same but for loudness."""
    power = np.correlate(sound**2, weight) * np.dot(wanted**2, weight)
    like: NDArray[np.float32] = np.correlate(sound, wanted * weight) / np.sqrt(power + SILENT)
    return like


_COARSE_HANN = _coarse(_HANN)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A sample of the input that has its place in the output."""

    source: int
    target: float
    onset: bool  # the pace from here to the next one is the input's own


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a fragment is to be taken: its middle, and from where to where that may be moved."""

    middle: float
    lowest: int
    highest: int
    onset: bool  # whether an onset is in it


class _TimeMap:
    """Which sample of the input is heard when: in its place at onsets, and evenly between."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._anchors = deque([_Anchor(-WINDOW, -WINDOW / rate, False)])
        self._onsets: deque[int] = deque()
        self._free_from = -2 * WINDOW  # where the last onset's reach ends

    def add(self, onsets: list[int], known: int) -> None:
        """Take the next onsets; all those before sample `known` have come."""
        self._onsets.extend(onsets)
        while True:
            settled = self._anchors[-1].source + SETTLED
            if self._onsets and self._onsets[0] - HOP <= settled:
                self._hold(self._onsets.popleft())
            elif (
                known - HOP - REACH > settled
            ):  # none is near, even for a fragment moved towards it
                self._anchors.append(_Anchor(settled, settled / self._rate, False))
            else:
                return

    def at(self, target: int) -> _Place | None:
        """The sample heard at `target`; None while it is not known.

        Targets must rise: what lies before is forgotten.
        """
        while len(self._anchors) > 1 and self._anchors[1].target <= target:
            if self._anchors.popleft().onset:
                self._free_from = self._anchors[0].source
        if len(self._anchors) < 2:
            return None
        one, two = self._anchors[0], self._anchors[1]
        share = (target - one.target) / (two.target - one.target)
        middle = one.source + share * (two.source - one.source)
        near = round(middle)
        if one.onset:
            return _Place(middle, near - REACH_AT_ONSET, near + REACH_AT_ONSET, True)
        free_to = next((anchor.source for anchor in self._anchors if anchor.onset), None)
        if free_to is None:
            free_to = self._onsets[0] - HOP if self._onsets else near + REACH
        # Moved into an onset's reach, a fragment would let it be heard twice.
        lowest, highest = max(self._free_from, near - REACH), min(free_to, near + REACH)
        return _Place(middle, min(lowest, near), max(highest, near), False)

    def _hold(self, onset: int) -> None:
        """All fragments that reach the onset are to be taken at the input's own pace."""
        target = onset / self._rate
        if onset - HOP > self._anchors[-1].source:
            self._anchors.append(_Anchor(onset - HOP, target - HOP, True))
            self._anchors.append(_Anchor(onset + HOP, target + HOP, False))
