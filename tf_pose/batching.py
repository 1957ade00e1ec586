"""Takes pictures that wait for the network at the same time through it in one call, where it pays.

Whoever gets the engine takes along all that wait for the same; nobody ever waits for company. On
some processors a call for four pictures is as dear as four calls: that is measured at warm-up.
"""

from __future__ import annotations

import logging
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tf_pose.engines import Engine
from tf_pose.tensors import STAGES

logger = logging.getLogger(__name__)

Pictures = NDArray[np.uint8] | NDArray[np.float32]
Kind = tuple[int, int, int]  # height, width, stage

SIZES = (2, 4)  # pictures in a call; few, because the engine makes ready for each
# Of the network's time for a picture. What is saved must pay for the threads that bring the others'
# pictures and for their waiting: with 10 % saved, 8 learners on two cores got no more poses in a
# second of processor time (75 and 75), and theirs were older (p95 167 and 233 ms).
LEAST_GAIN = 0.2
ROUNDS = 3


@dataclass(eq=False, slots=True)
class _Call:
    """One picture in line, and what came of it."""

    picture: Pictures  # (1, H, W, 3)
    kind: tuple[Kind, np.dtype[np.uint8] | np.dtype[np.float32]]
    taken: bool = False
    answer: NDArray[np.float32] | None = None
    error: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)


class BatchingEngine:
    """An engine around another; any number of threads may call it at once."""

    def __init__(
        self,
        engine: Engine,
        *,
        lanes: int,
        most: int = SIZES[-1],
        spent: Callable[[], float] = time.process_time,
    ) -> None:
        """Put up to `most` pictures into a call of `engine`, which works on `lanes` at once.

        `spent`: what a call costs, in seconds; the processor's time, since a clock on the wall
        tells more of what else the machine is doing.
        """
        self._engine = engine
        self._lanes = lanes
        self._sizes = [size for size in SIZES if size <= most]
        self._spent = spent
        self._paying: dict[Kind, list[int]] = {}  # sizes that were measured to pay, best first
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
        """Pictures in line."""
        with self._changed:
            return len(self._line)

    @property
    def useful_calls(self) -> int:
        """How many callers at once it can serve without any of them only waiting."""
        return self._lanes * max((max(its) for its in self._paying.values() if its), default=1)

    def run(self, batch: Pictures, stage: int = STAGES) -> NDArray[np.float32]:
        """Give heatmaps and fields, (N, H/8, W/8, 57), of N pictures, (N, H, W, 3) BGR 0..255."""
        kind = (*batch.shape[1:3], stage)
        if len(batch) != 1 or not self._paying.get(kind):
            return self._engine.run(batch, stage)
        call = _Call(batch, (kind, batch.dtype))
        company = self._company(call)
        if company:
            self._answer(company, stage)
        call.done.wait()
        if call.error is not None:
            raise call.error
        assert call.answer is not None
        return call.answer

    def warm_up(self, shapes: Iterable[tuple[int, int, int]], stage: int = STAGES) -> None:
        """Make ready for batches of these (N, H, W), and find out where to put them together.

        The smallest shape is tried first: where it has nothing to gain, larger ones have not.
        """
        shapes = list(shapes)
        self._engine.warm_up(shapes, stage)
        if not self._sizes:
            return
        for height, width in sorted({its[1:] for its in shapes if its[0] == 1}, key=np.prod):
            gains: dict[int, float] = {}
            for size in self._sizes:
                gains[size] = self._gain(size, height, width, stage)
                if gains[size] <= 0:  # nor will more of them
                    break
            paying = [size for size, gain in gains.items() if gain >= LEAST_GAIN]
            paying.sort(key=lambda size: gains[size], reverse=True)
            self._paying[height, width, stage] = paying
            told = ", ".join(f"{size}: {gain:+.0%}" for size, gain in gains.items())
            logger.info("batches of %d×%d, stage %d, save %s", width, height, stage, told)
            if not paying:
                return

    def _gain(self, size: int, height: int, width: int, stage: int) -> float:
        """The part of the time that one call for so many pictures saves; negative: it costs."""
        self._engine.warm_up([(size, height, width)], stage)
        batch = np.zeros((size, height, width, 3), np.uint8)
        together, alone = [], []
        for _ in range(ROUNDS):  # in turns, so that whatever else the machine does hits both
            together.append(self._cost([batch], stage))
            alone.append(self._cost([batch[k : k + 1] for k in range(size)], stage))
        return 1 - statistics.median(together) / statistics.median(alone)

    def _cost(self, batches: list[NDArray[np.uint8]], stage: int) -> float:
        before_s = self._spent()
        for batch in batches:
            self._engine.run(batch, stage)
        return self._spent() - before_s

    def _company(self, call: _Call) -> list[_Call]:
        """Wait in line for a lane: those to be answered together; none if somebody took `call`."""
        with self._changed:
            self._line.append(call)
            self._changed.wait_for(
                lambda: call.taken or (self._busy < self._lanes and self._line[0] is call)
            )
            if call.taken:
                return []
            alike = [other for other in self._line if other.kind == call.kind]
            sizes = [*self._paying[call.kind[0]], 1]
            company = alike[: next(size for size in sizes if size <= len(alike))]
            for one in company:
                one.taken = True
                self._line.remove(one)
            self._busy += 1
            self._changed.notify_all()
            return company

    def _answer(self, company: list[_Call], stage: int) -> None:
        """Run them in one call; an error is everybody's."""
        try:
            pictures: list[Any] = [one.picture for one in company]  # of one type all of them
            answers = self._engine.run(np.concatenate(pictures), stage)
            for k, one in enumerate(company):
                one.answer = answers[k : k + 1]
        except BaseException as error:  # whatever it is, nobody may be left waiting
            for one in company:
                one.error = error
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()
            for one in company:
                one.done.set()
