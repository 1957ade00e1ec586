"""What a row of the comparison is: it observes one frame at a time, and all are timed alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.pose.clips import Clip

T = TypeVar("T")
Joints = NDArray[np.floating]  # (18, 2)
# Thread pools spin for a moment after their work is done. This is part of the row's own cost, and
# must not count as the next row's. (OpenBLAS spins for some 25 ms; only the first 3 are counted.)
SPIN_S, QUIET_S = 0.003, 0.04


@dataclass(frozen=True, slots=True)
class Observation:
    """What was found in a frame: people (18, 2) in pixels, NaN where missing, and the cost.

    `ms` is the time from the frame to the joints; `cpu_ms` is that of all threads of the process.
    """

    people: list[Joints]
    ms: float
    cpu_ms: float


class RowFailed(Exception):
    """A row cannot continue; the message says why."""


class Row(Protocol):
    """One way to find the person. The samples of a clip come in order, each once."""

    @property
    def label(self) -> tuple[str, str, str]:
        """The engine, its precision, and which part of the frame it is given."""

    def observe(self, clip: Clip, sample: int) -> Observation:
        """Find the person in one sample.

        :raises RowFailed: the row cannot continue.
        """


def measure_time(work: Callable[[], T]) -> tuple[T, float, float]:
    """Do the work; return its result, its duration and its processor time in milliseconds."""
    time.sleep(QUIET_S)
    cpu_s, start_s = time.process_time(), time.perf_counter()
    result = work()
    ms = (time.perf_counter() - start_s) * 1000
    time.sleep(SPIN_S)
    return result, ms, (time.process_time() - cpu_s) * 1000


def to_pixels(xy: Joints, clip: Clip) -> Joints:
    """Convert 0..1 of the frame to pixels, with a pixel's centre at its index."""
    height, width = clip.frames.shape[1:3]
    return np.asarray(xy * np.array([width, height]) - 0.5)
