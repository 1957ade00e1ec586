"""What a row of the pose bench is: it looks at one picture at a time, and all are timed alike."""

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
# Thread pools go on spinning for a moment when their work is done: that is the row's cost, too, and
# must not be the next row's. (OpenBLAS spins for some 25 ms; only the first 3 are counted.)
SPIN_S, QUIET_S = 0.003, 0.04


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen in a picture: people (18, 2) in pixels, NaN where missing, and what it cost.

    `ms` is from the picture to the joints; `cpu_ms` is of all threads of the process.
    """

    people: list[Joints]
    ms: float
    cpu_ms: float


class RowFailed(Exception):
    """A row that can look no more; the message says why."""


class Row(Protocol):
    """One way to find the person. The samples of a clip come in order, each once."""

    @property
    def label(self) -> tuple[str, str, str]:
        """Who, in which precision, looking at what."""

    def look(self, clip: Clip, sample: int) -> Look:
        """Find the person in one sample.

        :raises RowFailed: it cannot go on.
        """


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """What it gives, how long it took, and the processor time, both in milliseconds."""
    time.sleep(QUIET_S)
    cpu_s, start_s = time.process_time(), time.perf_counter()
    result = work()
    ms = (time.perf_counter() - start_s) * 1000
    time.sleep(SPIN_S)
    return result, ms, (time.process_time() - cpu_s) * 1000


def pixels(xy: Joints, clip: Clip) -> Joints:
    """From 0..1 of the picture to pixels, a pixel's centre at its index."""
    height, width = clip.pictures.shape[1:3]
    return np.asarray(xy * np.array([width, height]) - 0.5)
