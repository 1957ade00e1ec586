"""What this process does beside its learners, for which none of them shall be charged."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator


class SideWork:
    """Work of one thread, such as judging arithmetics of the pose network after the first start.

    It is taken to have a processor to itself. Beside learners it has less, so that they are charged
    too little while it lasts, and the machine is taken to have less left for anybody who comes.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ended_s = 0.0
        self._since_s: float | None = None

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Count while the block runs."""
        self._since_s = self._clock()
        try:
            yield
        finally:
            self._ended_s, self._since_s = self.used_s, None

    @property
    def used_s(self) -> float:
        """Processor time that it took so far."""
        running_s = 0.0 if self._since_s is None else self._clock() - self._since_s
        return self._ended_s + running_s
