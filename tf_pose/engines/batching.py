"""Combines images that wait for the network at the same time into one call, where that is faster.

The call that gets the engine takes along all others of the same kind that wait. No call ever waits
for others to come. On some processors a call for four images takes as long as four calls:
that is measured at warm-up.
"""

from __future__ import annotations

import logging
import math
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_pose.engines.registry import Engine
from tf_pose.tensors import STAGES

logger = logging.getLogger(__name__)

Images = NDArray[np.uint8] | NDArray[np.float32]
Kind = tuple[int, int, int]  # height, width, stage

BATCH_SIZES = (2, 4)  # few, because the engine prepares for each
# The share of the network's time for an image that batching must save, to pay for the threads that
# bring the others' images and for their waiting. With 10 % saved, 8 learners on two cores got no
# more poses per second of processor time (75 and 75), and their poses were older (p95 167 and
# 233 ms).
MIN_GAIN = 0.2
ROUNDS = 3


@dataclass(eq=False, slots=True)
class _Call:
    """One image in line, and its result."""

    image: Images  # (1, H, W, 3)
    kind: tuple[Kind, np.dtype[np.uint8] | np.dtype[np.float32]]
    taken: bool = False
    result: NDArray[np.float32] | None = None
    error: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)


class BatchingEngine:
    """An engine around another; any number of threads may call it at once."""

    def __init__(
        self,
        engine: Engine,
        *,
        lanes: int,
        max_batch: int = BATCH_SIZES[-1],
        clock: Callable[[], float] = time.process_time,
    ) -> None:
        """Put up to `max_batch` images into a call of `engine`, which runs `lanes` calls at once.

        :param clock: measures what a call costs, in seconds; the processor's time, since the wall
            clock also measures what else the machine is doing.
        """
        self._engine = engine
        self._lanes = lanes
        self._sizes = [size for size in BATCH_SIZES if size <= max_batch]
        self._clock = clock
        self._useful_sizes: dict[Kind, list[int]] = {}  # as measured, the best first
        self._useless_pixels = math.inf  # images as large as this or larger gain nothing
        self._changed = threading.Condition()
        self._line: list[_Call] = []
        self._busy = 0

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def precision(self) -> str:
        return self._engine.precision

    @property
    def waiting(self) -> int:
        """How many images are in line."""
        with self._changed:
            return len(self._line)

    @property
    def useful_calls(self) -> int:
        """How many callers at once can be served without any of them only waiting."""
        largest = (max(sizes) for sizes in self._useful_sizes.values() if sizes)
        return self._lanes * max(largest, default=1)

    def run(self, batch: Images, stage: int = STAGES) -> NDArray[np.float32]:
        """Heatmaps and fields, (N, H/8, W/8, 57), of N images, (N, H, W, 3) BGR 0..255."""
        kind = (*batch.shape[1:3], stage)
        if len(batch) != 1 or not self._useful_sizes.get(kind):
            return self._engine.run(batch, stage)
        call = _Call(batch, (kind, batch.dtype))
        calls = self._take_batch(call)
        if calls:
            self._run_batch(calls, stage)
        call.done.wait()
        if call.error is not None:
            raise call.error
        assert call.result is not None
        return call.result

    def warm_up(self, shapes: Iterable[tuple[int, int, int]], stage: int = STAGES) -> None:
        """Prepare for batches of these (N, H, W), and measure which sizes of batches are faster.

        The smallest shape is tried first: where it gains nothing, larger ones do not either, and
        are not measured, neither now nor later.
        """
        shapes = list(shapes)
        self._engine.warm_up(shapes, stage)
        if not self._sizes:
            return
        for height, width in sorted({shape[1:] for shape in shapes if shape[0] == 1}, key=np.prod):
            if height * width >= self._useless_pixels:
                return
            gains: dict[int, float] = {}
            for size in self._sizes:
                gains[size] = self._measure_gain(size, height, width, stage)
                if gains[size] <= 0:  # larger batches will not gain, either
                    break
            useful = [size for size, gain in gains.items() if gain >= MIN_GAIN]
            useful.sort(key=lambda size: gains[size], reverse=True)
            self._useful_sizes[height, width, stage] = useful
            saved = ", ".join(f"{size}: {gain:+.0%}" for size, gain in gains.items())
            logger.info("batches of %d×%d, stage %d, save %s", width, height, stage, saved)
            if not useful:
                self._useless_pixels = height * width
                return

    def _measure_gain(self, size: int, height: int, width: int, stage: int) -> float:
        """The share of time that one call for so many images saves; negative where it costs."""
        self._engine.warm_up([(size, height, width)], stage)
        batch = np.zeros((size, height, width, 3), np.uint8)
        together, alone = [], []
        for _ in range(ROUNDS):  # in turns, so that whatever else the machine does affects both
            together.append(self._measure_cost([batch], stage))
            alone.append(self._measure_cost([batch[k : k + 1] for k in range(size)], stage))
        return 1 - statistics.median(together) / statistics.median(alone)

    def _measure_cost(self, batches: list[NDArray[np.uint8]], stage: int) -> float:
        start_s = self._clock()
        for batch in batches:
            self._engine.run(batch, stage)
        return self._clock() - start_s

    def _take_batch(self, call: _Call) -> list[_Call]:
        """Wait in line for a lane; return the calls to run together, none if `call` was taken."""
        with self._changed:
            self._line.append(call)
            self._changed.wait_for(
                lambda: call.taken or (self._busy < self._lanes and self._line[0] is call)
            )
            if call.taken:
                return []
            alike = [other for other in self._line if other.kind == call.kind]
            sizes = [*self._useful_sizes[call.kind[0]], 1]
            calls = alike[: next(size for size in sizes if size <= len(alike))]
            for one in calls:
                one.taken = True
                self._line.remove(one)
            self._busy += 1
            self._changed.notify_all()
            return calls

    def _run_batch(self, calls: list[_Call], stage: int) -> None:
        """Run them in one call; an error is raised to all of them."""
        try:
            images: list[Any] = [one.image for one in calls]  # all of one type
            results = self._engine.run(np.concatenate(images), stage)
            for k, one in enumerate(calls):
                one.result = results[k : k + 1]
        except BaseException as error:  # of whatever kind: nobody may be left waiting
            for one in calls:
                one.error = error
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()
            for one in calls:
                one.done.set()
