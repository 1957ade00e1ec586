"""Slows audio down at the same pitch, with each beat where it belongs. Pure.

WSOLA (W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA)
for high quality time-scale modification of speech", ICASSP 1993): fragments of the input overlap in
the output at a wider spacing than in the input. Each is moved a little to where it continues the
fragment before it best. FFmpeg's `atempo` does the same, but moves fragments by up to 21 ms, and
beats come up to 44 ms early, depending on what else is heard (docs/lessons.md). Here the audio
around an onset keeps its own speed and comes when it should; what is between onsets is slowed down
more (J. Driedger and M. Müller, "A Review of Time-Scale Modification of Music Signals", Applied
Sciences 6(2), 2016).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rtc_server.authoring.onsets import OnsetDetector
from rtc_server.authoring.pcm import CHANNELS, Pcm

WINDOW = 2048  # samples of a fragment: 43 ms at 48 kHz, two periods of the lowest notes
HOP = WINDOW // 2
MAX_SHIFT = 480  # samples by which a fragment may be moved: 10 ms
MAX_SHIFT_AT_ONSET = 48  # and one that contains an onset: 1 ms
SETTLING_SAMPLES = 12_000  # so long after an onset the audio is where it should be again: 0.25 s
COARSE_STEP = 4  # samples that are taken as one in the first search for the best shift
SHIFT_PENALTY = 1e-3  # a shift of MAX_SHIFT must be so much more similar than none
SILENT_POWER = 1e-9

_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
_PADDING = WINDOW + MAX_SHIFT  # silence before the beginning, which the first fragments reach into


class TimeStretcher:
    """Slows audio of 48 kHz to `rate`, above 0 and up to 1, whatever blocks it is given in.

    An onset at sample n of the input is at n / rate of the output, within 3 ms. No more than a
    second of audio is held.
    """

    def __init__(self, rate: float) -> None:
        if not 0 < rate <= 1:
            raise ValueError(f"expected a rate above 0 and up to 1, got {rate}")
        self._rate = rate
        self._onsets = OnsetDetector()
        self._map = _TimeMap(rate)
        self._audio = np.zeros((_PADDING, CHANNELS), np.float32)
        self._mono = np.zeros(_PADDING, np.float32)
        self._first = -_PADDING  # the input sample that the held audio begins with
        self._samples_in = self._samples_out = 0
        self._fragments = 0
        self._last_start = 0  # where the last fragment began
        self._tail = np.zeros((HOP, CHANNELS), np.float32)  # the second half of the last fragment

    def add(self, audio: Pcm) -> Pcm:
        """Take the next samples (n, 2); give those that are ready, (m, 2)."""
        self._samples_in += len(audio)
        return self._stretch(audio)

    def finish(self) -> Pcm:
        """Give the rest, so that the output is as long as the input divided by the rate."""
        missing = round(self._samples_in / self._rate) - self._samples_out
        silence = np.zeros((WINDOW, CHANNELS), np.int16)
        rest = np.zeros((0, CHANNELS), np.int16)
        while len(rest) < missing:
            rest = np.concatenate([rest, self._stretch(silence)])
        return rest[:missing]

    def _stretch(self, audio: Pcm) -> Pcm:
        samples = audio.astype(np.float32) / np.float32(32768)
        mono: NDArray[np.float32] = np.add(samples[:, 0], samples[:, 1]) / 2
        self._audio = np.concatenate([self._audio, samples])
        self._mono = np.concatenate([self._mono, mono])
        self._map.add(self._onsets.add(mono), self._onsets.complete_to)
        ready = [np.zeros((0, CHANNELS), np.float32)]
        while source := self._next_source():
            ready.append(self._overlap_add(source))
        output = np.concatenate(ready)
        self._samples_out += len(output)
        return np.rint(np.clip(output * 32768, -32768, 32767)).astype(np.int16)

    def _next_source(self) -> _Source | None:
        """Where to take the next fragment; None until all samples that it may need are there."""
        source = self._map.source_at(self._fragments * HOP)
        end = self._first + len(self._mono)
        return source if source and source.middle + WINDOW + MAX_SHIFT <= end else None

    def _overlap_add(self, source: _Source) -> NDArray[np.float32]:
        """Add the next fragment to the end of the last one; give the samples that are complete."""
        start = round(source.middle) - HOP
        if self._fragments:
            start = self._best_start(source, self._last_start + HOP)
        offset = start - self._first
        fragment = self._audio[offset : offset + WINDOW] * _HANN[:, None]
        complete = self._tail + fragment[:HOP]
        self._tail, self._last_start = fragment[HOP:], start
        self._fragments += 1
        self._discard_before(start - 2 * MAX_SHIFT)
        # The output begins with the middle of the first fragment.
        return complete if self._fragments > 1 else complete[:0]

    def _best_start(self, source: _Source, natural_start: int) -> int:
        """Where a fragment begins that is most similar to the one that begins at `natural_start`.

        That one would continue the last fragment as in the input.
        """
        low, high = source.lowest - HOP, source.highest - HOP
        if low <= natural_start <= high and (source.has_onset or low == high):
            return natural_start
        target = self._mono[natural_start - self._first :][:WINDOW]
        steps = (high - low) // COARSE_STEP
        searched = self._mono[low - self._first :][: WINDOW + steps * COARSE_STEP]
        starts = low + COARSE_STEP * np.arange(steps + 1)
        shift = np.abs(starts - (source.middle - HOP)) / MAX_SHIFT
        similarity = _similarity(_downsample(searched), _downsample(target), _COARSE_HANN)
        best = COARSE_STEP * int(np.argmax(similarity - SHIFT_PENALTY * shift))
        first = max(0, best - COARSE_STEP)
        nearby = searched[first : best + COARSE_STEP + WINDOW]
        return low + first + int(np.argmax(_similarity(nearby, target, _HANN)))

    def _discard_before(self, sample: int) -> None:
        """Discard the audio before an input sample, which no fragment needs any more."""
        count = max(0, sample - self._first)
        self._audio, self._mono = self._audio[count:], self._mono[count:]
        self._first += count


def _downsample(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sum each COARSE_STEP samples."""
    # By columns: numpy's own mean over rows of four takes ten times as long.
    columns = (audio[i::COARSE_STEP] for i in range(1, COARSE_STEP))
    sums: NDArray[np.float32] = sum(columns, audio[::COARSE_STEP])
    return sums


def _similarity(
    audio: NDArray[np.float32], target: NDArray[np.float32], weight: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The correlation of the target with the audio from each sample on: 1 if only louder."""
    power = np.correlate(audio**2, weight) * np.dot(target**2, weight)
    correlation: NDArray[np.float32] = np.correlate(audio, target * weight)
    similarity: NDArray[np.float32] = correlation / np.sqrt(power + SILENT_POWER)
    return similarity


_COARSE_HANN = _downsample(_HANN)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A sample of the input with its place in the output."""

    source: int
    target: float
    at_onset: bool  # from here to the next anchor, the audio keeps its own speed


@dataclass(frozen=True, slots=True)
class _Source:
    """Where to take a fragment: its middle, and the limits between which that may be moved."""

    middle: float
    lowest: int
    highest: int
    has_onset: bool


class _TimeMap:
    """Which sample of the input is heard when: onsets in their places, the rest evenly between."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._anchors = deque([_Anchor(-WINDOW, -WINDOW / rate, False)])
        self._onsets: deque[int] = deque()
        self._free_from = -2 * WINDOW  # the end of the last onset's surroundings

    def add(self, onsets: list[int], complete_to: int) -> None:
        """Take the next onsets; all those before sample `complete_to` have been given."""
        self._onsets.extend(onsets)
        while True:
            settled = self._anchors[-1].source + SETTLING_SAMPLES
            if self._onsets and self._onsets[0] - HOP <= settled:
                self._anchor_onset(self._onsets.popleft())
            elif complete_to - HOP - MAX_SHIFT > settled:
                # No onset is near, even for a fragment that is moved towards it.
                self._anchors.append(_Anchor(settled, settled / self._rate, False))
            else:
                return

    def source_at(self, target: int) -> _Source | None:
        """The source of the fragment whose middle is heard at `target`; None until it is known.

        Targets must rise: anchors before them are discarded.
        """
        while len(self._anchors) > 1 and self._anchors[1].target <= target:
            if self._anchors.popleft().at_onset:
                self._free_from = self._anchors[0].source
        if len(self._anchors) < 2:
            return None
        one, two = self._anchors[0], self._anchors[1]
        fraction = (target - one.target) / (two.target - one.target)
        middle = one.source + fraction * (two.source - one.source)
        nearest = round(middle)
        if one.at_onset:
            return _Source(
                middle, nearest - MAX_SHIFT_AT_ONSET, nearest + MAX_SHIFT_AT_ONSET, has_onset=True
            )
        free_to = next((anchor.source for anchor in self._anchors if anchor.at_onset), None)
        if free_to is None:
            free_to = self._onsets[0] - HOP if self._onsets else nearest + MAX_SHIFT
        # A fragment that is moved into an onset's surroundings would repeat the onset.
        lowest = max(self._free_from, nearest - MAX_SHIFT)
        highest = min(free_to, nearest + MAX_SHIFT)
        return _Source(middle, min(lowest, nearest), max(highest, nearest), has_onset=False)

    def _anchor_onset(self, onset: int) -> None:
        """Keep the input's own speed for all fragments that contain the onset."""
        target = onset / self._rate
        if onset - HOP > self._anchors[-1].source:
            self._anchors.append(_Anchor(onset - HOP, target - HOP, True))
            self._anchors.append(_Anchor(onset + HOP, target + HOP, False))
