"""How many learners a machine serves at the full rate. Pure; time and figures are passed in.

At first it is an estimate: what a look at a learner was measured to cost at the start, and what a
learner's packets usually cost, against the processors that there are. Then what the running
sessions really take corrects it. And while learners wait too long for their looks, whatever the
reason, nobody else is admitted.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

# Of all processors, for what comes in bursts: connecting, pages, garbage collection.
HEADROOM = 0.2
# Decrypting, encrypting and decoding for one learner, in processors (docs/performance.md, "Load").
PACKETS_CORES = 0.04
# One process runs Python code on one processor at a time, and what is counted as Python's here
# includes what runs beside it (decryption, OpenCV). So the limit is nearly a whole processor:
# where it was one, 20 learners came to two processors of which a fifth was idle, and one of them
# had 3.7 scores a second (docs/performance.md, "Load").
PYTHON_CORES = 0.9
MIN_LEARNER_SECONDS = 5.0  # before anything is concluded from what sessions take
WINDOW_S = 10.0
# So many learners' worth does the estimate count for against what was measured.
ESTIMATE_WEIGHT = 2.0
# Learners who pause or stand beside the picture cost less than those who dance.
MIN_SHARE = 0.5  # of the estimate that a learner costs
# Of the time from one look to the next; over 1, scores become fewer.
BEHIND_SHARE = 0.6
MIN_BEHIND_LOOKS = 2.0  # but at least so many looks' processor time, with many looks a second
RECOVERED_SHARE = 2 / 3  # of the delay at which the machine is behind
BEHIND_AFTER_S = 3.0  # several learners who connect at once are slow for a moment
CAUTIOUS_S = 60.0  # after the machine was behind: no more learners than it had then


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """What was measured before anybody came."""

    cores: float  # processors that the server may use
    look_s: float  # processor time of a look
    python_s: float  # of that, outside of the network
    pose_fps: float  # looks a second

    @property
    def learner_cores(self) -> float:
        """Processors that one learner takes."""
        return self.pose_fps * self.look_s + PACKETS_CORES

    @property
    def learner_python_cores(self) -> float:
        """Of that, what may keep other Python code of the process waiting."""
        return self.pose_fps * self.python_s + PACKETS_CORES

    @property
    def behind_delay_s(self) -> float:
        """The look delay from which on the machine is behind; scores are still as many."""
        interval_s = 1 / self.pose_fps
        return max(BEHIND_SHARE * interval_s, min(interval_s, MIN_BEHIND_LOOKS * self.look_s))

    def count_places(
        self, times: float = 1.0, others_cores: float = 0.0, processes: int = 1
    ) -> int:
        """How many learners fit on the machine, at least one.

        :param times: how many times the estimate each of them takes.
        :param others_cores: processors that other programs take.
        :param processes: that run sessions.
        """
        by_cores = (self.cores - others_cores) * (1 - HEADROOM) / (self.learner_cores * times)
        by_python = processes * self.count_process_places(times)
        return max(1, min(math.floor(by_cores), by_python))

    def count_process_places(self, times: float = 1.0) -> int:
        """How many learners one process serves, however many processors there are."""
        return max(1, math.floor(PYTHON_CORES / (self.learner_python_cores * times)))

    def __str__(self) -> str:
        return (
            f"room for {self.count_places()} learners: a look takes {1000 * self.look_s:.1f} ms "
            f"of processor time ({1000 * self.python_s:.1f} ms outside of the network), "
            f"{self.pose_fps:g} looks a second and packets {self.learner_cores:.3f} of a processor "
            f"for each learner; there are {self.cores:g} processors, {HEADROOM:.0%} stay free"
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What the server sees of itself on one machine at one moment."""

    now_s: float
    cpu_s: float  # processor time of the processes that run sessions, so far
    learners: float  # who are connected; several dancers count by what they cost
    delay_s: float  # the longest look delay of them
    others_s: float = 0.0  # processor time of other processes so far
    processes: int = 1  # that run sessions


class Capacity:
    """The number of places, from the estimate and the readings so far; give one every second."""

    def __init__(self, estimate: CostEstimate, most: int) -> None:
        """:param most: a limit for other reasons, such as descriptors."""
        self.estimate = estimate
        self.measured_cores: float | None = None  # that a learner takes; None: too few of them yet
        self._most = most
        self._readings: deque[tuple[Reading, float]] = deque()  # with learner-seconds so far
        self._ceiling: int | None = None  # while the machine is behind, and for a while after
        self._slow_since_s: float | None = None
        self._behind_until_s = -math.inf
        self._is_behind = False

    @property
    def learner_cores(self) -> float:
        """Processors that one learner is taken to need: the estimate, corrected."""
        return self.estimate.learner_cores * self._times_estimate()

    @property
    def places(self) -> int:
        """How many learners fit by what they cost."""
        times, others_cores = self._times_estimate(), self._others_cores()
        processes = self._readings[-1][0].processes if self._readings else 1
        return min(self._most, self.estimate.count_places(times, others_cores, processes))

    @property
    def process_places(self) -> int:
        """How many of them fit in one process."""
        return self.estimate.count_process_places(self._times_estimate())

    @property
    def ceiling(self) -> int | None:
        """How many learners fit as the machine was seen to fall behind; None if it was not."""
        return self._ceiling

    def update(self, reading: Reading) -> None:
        """Learn from a reading."""
        self._measure(reading)
        self._watch_delay(reading)

    def _measure(self, reading: Reading) -> None:
        learner_s = 0.0
        if self._readings:
            last, learner_s = self._readings[-1]
            learner_s += last.learners * max(0.0, reading.now_s - last.now_s)
        self._readings.append((reading, learner_s))
        while reading.now_s - self._readings[0][0].now_s > WINDOW_S:
            self._readings.popleft()
        first, before_s = self._readings[0]
        if learner_s - before_s >= MIN_LEARNER_SECONDS:
            self.measured_cores = (reading.cpu_s - first.cpu_s) / (learner_s - before_s)
        elif not reading.learners:
            self.measured_cores = None

    def _times_estimate(self) -> float:
        """How many times the estimate a learner really takes."""
        if self.measured_cores is None:
            return 1.0
        first, before_s = self._readings[0]
        last, learner_s = self._readings[-1]
        learners = (learner_s - before_s) / max(1e-3, last.now_s - first.now_s)
        seen = self.measured_cores / self.estimate.learner_cores
        times = (ESTIMATE_WEIGHT + learners * seen) / (ESTIMATE_WEIGHT + learners)
        return max(MIN_SHARE, times)

    def _others_cores(self) -> float:
        """Processors that other processes have taken lately."""
        if len(self._readings) < 2:
            return 0.0
        (first, _), (last, _) = self._readings[0], self._readings[-1]
        return max(0.0, last.others_s - first.others_s) / max(1e-3, last.now_s - first.now_s)

    def _watch_delay(self, reading: Reading) -> None:
        """Take nobody else while learners wait for their looks, and be careful for a while."""
        behind_s = self.estimate.behind_delay_s
        if reading.delay_s > behind_s:
            if self._slow_since_s is None:
                self._slow_since_s = reading.now_s
            if reading.now_s - self._slow_since_s >= BEHIND_AFTER_S:
                self._is_behind = True
        else:
            self._slow_since_s = None
            self._is_behind &= reading.delay_s >= RECOVERED_SHARE * behind_s
        if self._is_behind:
            learners = max(1, math.ceil(reading.learners))
            self._ceiling = learners if self._ceiling is None else min(self._ceiling, learners)
            self._behind_until_s = reading.now_s + CAUTIOUS_S
        elif reading.now_s >= self._behind_until_s:
            self._ceiling = None
