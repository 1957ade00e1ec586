"""Divides a video into sections, whose people are found one section independently of another.

A tracker remembers people from image to image, so that no two images can be looked at at the same
time. Each section therefore has a tracker of its own, however many are worked on at a time: what is
found depends on the video and the rate only, and so do the bytes of the lesson.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path

from rtc_server.authoring.decode import first_frame
from rtc_server.authoring.entry_points import EntryPoint, find_entry_points
from rtc_server.authoring.frame_sampler import FrameGeometry, SampleRange, exact_rate, sample_count

# Scaling once, together with the colours, is cheapest; the network's crops are rarely larger.
LONGEST_SIDE = 1280
# A tenth of the video, but not so short that warming up takes much, nor so long that many cores
# would have nothing to do.
SHORTEST_S, LONGEST_S, USUAL_COUNT = 20, 30, 10
# Samples that a section's tracker is shown of the section before. As many as it remembers poses of
# somebody; by them it is also known who is who.
WARM_UP = 8


@dataclass(frozen=True, slots=True)
class Section:
    """The samples first <= k < end of a video; its tracker begins with sample `warm_up`."""

    first: int
    end: int | None  # None: the video's last section
    warm_up: int
    entry: EntryPoint | None  # where decoding begins for `warm_up`; None: with the video


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """All sections of a video that is sampled `fps` times a second."""

    fps: float
    expected: int  # samples, by the length of the video's packets
    geometry: FrameGeometry
    sections: tuple[Section, ...]

    def samples(self, section: Section) -> SampleRange:
        """What the tracker of a section is shown."""
        return SampleRange(section.warm_up, section.end, section.entry, self.geometry)


def plan_sections(video: Path, fps: float, duration_s: float) -> SectionPlan:
    """Divide a video into sections of 20 to 30 s that begin at key frames.

    A video without key frames in between, or with timestamps that do not rise, is one section.

    :param duration_s: of the video's packets (`frame_sampler.probe`).
    :raises BadVideo: not a video, or no frame of it can be decoded.
    """
    frame, origin = first_frame(video)
    geometry = FrameGeometry.of(frame, LONGEST_SIDE)
    entries = find_entry_points(video, origin)
    expected = sample_count(duration_s, fps)
    return SectionPlan(fps, expected, geometry, tuple(divide(entries, exact_rate(fps))))


def divide(entries: list[EntryPoint], rate: Fraction) -> list[Section]:
    """The sections of a video with these entry points, in the order of time.

    The last entry point stands for the video's end.
    """
    begins: dict[int, EntryPoint | None] = {0: None}  # warm-up's first sample: its entry point
    times = [entry.at for entry in entries]
    length_s = times[-1] if times else Fraction(0)
    section_s = min(Fraction(LONGEST_S), max(Fraction(SHORTEST_S), length_s / USUAL_COUNT))
    # Timestamps may claim years; there are no more sections than key frames.
    count = max(1, min(round(length_s / section_s), len(entries)))
    for number in range(1, count):
        entry = entries[max(0, bisect_right(times, number * length_s / count) - 1)]
        warm_up = ceil(entry.at * rate)
        if warm_up >= max(begins) + max(WARM_UP, ceil(SHORTEST_S * rate / 2)):
            begins[warm_up] = entry
    firsts = [0, *(warm_up + WARM_UP for warm_up in begins if warm_up)]
    ends = [*firsts[1:], None]
    return [
        Section(first, end, warm_up, entry)
        for first, end, (warm_up, entry) in zip(firsts, ends, begins.items(), strict=True)
    ]
